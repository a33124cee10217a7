import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostOverrides, overridesOf } from '../../shared/core/launch-order.ts';
import { objectionTo } from '../../shared/core/objection.ts';
import type { Request } from '../../shared/core/request.ts';
import type { ToolSpec } from '../../shared/core/tool.ts';
import { releaseNamed, sampleSpec } from '../kit/facts.ts';
import { orderOf, queued } from './order-of.ts';

const request = (over: Partial<Request> = {}): Request => ({
  tool: 'echo',
  input: '{}',
  tenant: 'default',
  ...over,
});
const objection = (over: Partial<Request>, spec: Partial<ToolSpec> = {}, taskId = 'film-1') =>
  objectionTo(taskId, request(over), { ...sampleSpec, ...spec });
const inputOf = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`;

describe('objectionTo', () => {
  it('accepts a message that fits', () => {
    expect(objection({})).toBeUndefined();
    expect(objection({ cpu: 512, memoryMiB: 2048 })).toBeUndefined();
    expect(objection({ cpu: 256, memoryMiB: 512 })).toBeUndefined();
  });

  it.each([
    [{ cpu: 128 }, /cpu must be from 256 to 1024 CPU units for this tool, .* asks for 128/],
    [{ cpu: 2048 }, /asks for 2048/],
    [{ memoryMiB: 511 }, /memoryMiB must be from 512 to 2048 MiB for/],
    [{ memoryMiB: 4096 }, /asks for 4096/],
    [{ cpu: 300 }, /Fargate offers 256, 512, .* not 300/],
    [{ cpu: 1024 }, /with 1024 CPU units Fargate offers 2048 to 8192 .* not 512/],
  ] as const)('names the bounds for a message that asks for %o', (over, sentence) => {
    expect(objection(over)).toMatch(sentence);
  });

  it('names the longest timeout for a message that asks for a longer one', () => {
    expect(objection({ timeoutMs: 60_000 }, { timeoutMs: 60_000 })).toBeUndefined();
    expect(objection({ timeoutMs: 61_000 }, { timeoutMs: 60_000 })).toBe(
      "timeout may be at most 1 min for this tool, but the message asks for 61 s: ask for less, or raise the tool's timeout in tools.yml",
    );
  });

  it('does not ask for Fargate sizes of a tool that runs on hosts', () => {
    expect(objection({ cpu: 300 }, { placements: ['gpu'] })).toBeUndefined();
  });

  it('accepts input up to the last character that ECS accepts, and not one more', () => {
    let most = 7000;
    while (objection({ input: inputOf(most + 1) }) === undefined) most += 1;
    expect(most).toBeLessThan(mostOverrides);
    expect(objection({ input: inputOf(most + 1) })).toMatch(
      /fit into 8192 characters .* have 8193: put the input into S3 and pass its URL/,
    );
    const order = orderOf(queued, { input: inputOf(most) });
    expect(JSON.stringify(order && overridesOf(order)).length).toBeLessThanOrEqual(mostOverrides);
  });

  it('accepts nothing that ECS would refuse in a later run', () => {
    const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/);
    const inputs = fc.integer({ min: 10, max: 9000 }).map(inputOf);
    const arbitrary = fc.tuple(ids, inputs, fc.integer({ min: 1, max: 99_999 }), fc.boolean());
    fc.assert(
      fc.property(arbitrary, ([taskId, input, run, memoryDoubled]) => {
        fc.pre(objection({ input }, {}, taskId) === undefined);
        const task = { ...queued, taskId, run, attempts: run, memoryDoubled, askedCpu: 1024 };
        const order = orderOf(task, { input, release: releaseNamed('1.22.333-very-long') });
        const sent = JSON.stringify(order && overridesOf(order));
        expect(sent.length).toBeLessThanOrEqual(mostOverrides);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['{}', /the tool's command needs input\.a\.b, but the message does not have it/],
    ['{"a":{}}', /the tool's command needs input\.a\.b, but the message does not have it/],
    ['{"a":"b"}', /the tool's command needs input\.a\.b, but the message does not have it/],
    ['{"a":[{"b":1}]}', /the tool's command needs input\.a\.b, but the message does not have it/],
    ['{"a":{"b":{}}}', /the tool's command needs input\.a\.b, but it is an object/],
    ['{"a":{"b":[]}}', /the tool's command needs input\.a\.b, but it is an array/],
    ['{"a":{"b":null}}', /the tool's command needs input\.a\.b, but it is null/],
    ['{"a":{"b":"\\u0000"}}', /input\.a\.b has a character that an argument cannot have/],
    ['{"a":{"b":"\\ud800"}}', /input\.a\.b has a character that an argument cannot have/],
  ])('rejects the input %s where the command needs more', (input, sentence) => {
    expect(objection({ input }, { command: ['{input.a.b}'] })).toMatch(sentence);
  });

  it.each(['constructor', '__proto__', 'length', 'toString'])(
    'finds no %s in an input without it',
    (name) => {
      for (const input of ['{}', '{"a":[]}', '{"a":"x"}']) {
        expect(objection({ input }, { command: [`{input.${name}}`] })).toMatch(/does not have it/);
        expect(objection({ input }, { command: [`{input.a.${name}}`] })).toMatch(
          /does not have it/,
        );
      }
    },
  );

  it('fills a command with every text, number and truth value, and does not fill placeholders in values', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(value, fc.string(), (a, b) => {
        fc.pre(!`${a}${b}`.includes('\0'));
        const input = JSON.stringify({ a, b });
        const spec = { command: ['{input.a}-{input.b}'] };
        const order = orderOf(queued, { release: releaseNamed('1.0.0', spec), input });
        expect(order?.command).toEqual([`${a}-${b}`]);
      }),
    );
  });

  it('counts the command together with everything else', () => {
    const input = `{"a":"${'x'.repeat(3000)}"}`;
    expect(objection({ input })).toBeUndefined();
    expect(objection({ input }, { command: ['{input.a}'] })).toBeUndefined();
    expect(objection({ input }, { command: ['{input.a}', '{input.a}'] })).toMatch(
      /fit into 8192 characters/,
    );
  });

  it('counts quotes in the input as JSON escapes them', () => {
    const input = `{"a":"${'\\"'.repeat(2000)}"}`;
    expect(input.length).toBeLessThan(5000);
    expect(objection({ input })).toMatch(/put the input into S3/);
  });
});

describe('what is not known before the launch', () => {
  it('counts with its longest value', () => {
    const environment = {
      DAVIT_TASK_ID: 'film-1',
      DAVIT_RUN: '999999999',
      DAVIT_ATTEMPT: '999999',
      DAVIT_TOOL: 'echo',
      DAVIT_VERSION: 'v'.repeat(64),
      DAVIT_INPUT: inputOf(100),
      DAVIT_TIMEOUT_S: '1000000000',
    };
    const sent = JSON.stringify(overridesOf({ environment, cpu: 999_999, memoryMiB: 999_999 }));
    const room = 8_192 - sent.length + 100;
    expect(objection({ input: inputOf(room) })).toBeUndefined();
    expect(objection({ input: inputOf(room + 1) })).toMatch(/but they have 8193/);
  });

  it('is no reason to check the size in the spec again', () => {
    expect(objection({}, { cpu: 300 })).toBeUndefined();
  });

  it('may be Fargate, for a tool that also runs on hosts', () => {
    expect(objection({ cpu: 300 }, { placements: ['gpu', 'cpu'] })).toMatch(/Fargate offers/);
  });
});
