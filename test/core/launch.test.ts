import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  launchOrder,
  mostOverrides,
  nextPlacement,
  objectionTo,
  overridesOf,
} from '../../shared/core/launch.ts';
import type { Request } from '../../shared/core/request.ts';
import type { Queued, RunRecord, Verdict } from '../../shared/core/task.ts';
import { runNamed } from '../../shared/core/task.ts';
import type { Placement, ToolSpec } from '../../shared/core/tool.ts';
import {
  exit,
  hour,
  minute,
  releaseNamed,
  sampleSpec,
  sha256,
  start,
  stopped,
} from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';
import { site } from '../kit/site.ts';
import { asQueued } from '../kit/step-helpers.ts';

const queued = asQueued(samples.QUEUED);
const delayed = asQueued(samples['QUEUED, delayed after exit 75']);
const orderOf = (task: Queued, over: object = {}) =>
  launchOrder(task, {
    release: releaseNamed('1.0.0'),
    placement: 'cpu',
    input: '{"big":12345678901234567890}',
    site,
    now: start,
    sha256,
    ...over,
  });

describe('launchOrder', () => {
  it('says in the environment all that a container gets', () => {
    expect(orderOf(queued)).toMatchObject({
      cluster: 'davit-test',
      capacityProvider: 'FARGATE',
      taskDefinition: releaseNamed('1.0.0').definitions.fargate,
      startedBy: 'film-1/1',
      environment: {
        DAVIT_TASK_ID: 'film-1',
        DAVIT_RUN: '1',
        DAVIT_ATTEMPT: '1',
        DAVIT_TOOL: 'echo',
        DAVIT_VERSION: '1.0.0',
        DAVIT_INPUT: '{"big":12345678901234567890}',
        DAVIT_TIMEOUT_S: '3600',
      },
    });
  });

  it('is the same bytes each time for the same run, whenever it is made', () => {
    const { intendedAt: _now, ...order } = orderOf(queued) ?? { intendedAt: 0 };
    const { intendedAt: _then, ...again } = orderOf(queued, { now: start + hour }) ?? {
      intendedAt: 0,
    };
    expect(JSON.stringify(again)).toBe(JSON.stringify(order));
  });

  it('names run and attempt, so that no two runs share a token', () => {
    const first = orderOf(queued);
    const second = orderOf(delayed);
    expect(second).toMatchObject({
      startedBy: 'film-1/2',
      environment: { DAVIT_RUN: '2', DAVIT_ATTEMPT: '2' },
    });
    expect(second?.clientToken).not.toBe(first?.clientToken);
    expect(second?.clientToken).toBe(sha256('film-1/2'));
  });

  it('keeps to what ECS allows in tokens and names, for every id and run', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/);
    fc.assert(
      fc.property(id, fc.integer({ min: 1, max: 999_999_999 }), (taskId, run) => {
        const order = orderOf({ ...queued, taskId, run });
        expect(order?.clientToken).toMatch(/^[!-~]{1,64}$/);
        expect(order?.startedBy).toMatch(/^[A-Za-z0-9_/-]{1,128}$/);
        expect(runNamed(order?.startedBy)).toEqual({ taskId, run });
      }),
    );
  });

  it('reads no run from a name that is not Davit’s', () => {
    for (const name of [undefined, '', 'ecs-svc/123', 'film-1', 'film-1/0', 'film-1/01', 'a/b/1'])
      expect(runNamed(name)?.run ?? 0, name).toBe(name === 'ecs-svc/123' ? 123 : 0);
  });

  it('asks for more than the definition has only where the message did', () => {
    expect(orderOf(queued)).not.toHaveProperty('cpu');
    const asked = orderOf({ ...queued, askedMemoryMiB: 1024 });
    expect(asked).toMatchObject({ cpu: 256, memoryMiB: 1024 });
    if (!asked) throw new Error('there is an order');
    expect(overridesOf(asked)).toEqual({
      containerOverrides: [
        {
          name: 'tool',
          environment: Object.entries(asked.environment).map(([name, value]) => ({ name, value })),
          cpu: 256,
          memory: 1024,
        },
      ],
      cpu: '256',
      memory: '1024',
    });
  });

  it('fills the command of the tool with values of the input, each as it was written', () => {
    const command = [
      '-i',
      '{input.from.url}',
      '--size={input.size}x{input.size}',
      '{input.on}',
      '{{}}',
    ];
    const input =
      '{"from":{"url":"-a b;$(c)"},"size":12345678901234567890.10,"on":false,"more":[1]}';
    const order = orderOf(queued, { release: releaseNamed('1.0.0', { command }), input });
    const filled = [
      '-i',
      '-a b;$(c)',
      '--size=12345678901234567890.10x12345678901234567890.10',
      'false',
      '{}',
    ];
    expect(order?.command).toEqual(filled);
    expect(order && overridesOf(order).containerOverrides[0]).toMatchObject({
      name: 'tool',
      command: filled,
      environment: expect.arrayContaining([{ name: 'DAVIT_INPUT', value: input }]),
    });
  });

  it('says nothing of a command that needs nothing of the input: the definition has it', () => {
    for (const spec of [{}, { command: ['-version', '{{}}'] }])
      expect(orderOf(queued, { release: releaseNamed('1.0.0', spec) })).not.toHaveProperty(
        'command',
      );
  });

  it('doubles the memory of a run that ran out of it', () => {
    const doubled = { ...queued, memoryDoubled: true };
    expect(orderOf(doubled)).toMatchObject({ cpu: 256, memoryMiB: 1024 });
  });

  it('is none where release or site have nothing for the placement', () => {
    expect(orderOf(queued, { placement: 'gpu' })).toBeUndefined();
    expect(orderOf(queued, { site: { ...site, providers: {} } })).toBeUndefined();
  });
});

const record = (verdict: Verdict, placement: Placement): RunRecord => ({
  run: 1,
  placement,
  version: '1.0.0',
  verdict,
  why: '',
  endedAt: start,
});
const next = (placements: readonly Placement[], runs: readonly RunRecord[], reclaims = 0) =>
  nextPlacement({ runs, reclaims }, { ...sampleSpec, placements });

describe('nextPlacement', () => {
  it('begins with what the tool prefers, and comes back to it', () => {
    expect(next(['gpu-spot', 'gpu'], [])).toBe('gpu-spot');
    expect(next(['cpu-spot', 'cpu'], [record('tool', 'cpu')])).toBe('cpu-spot');
  });

  it('stays where the platform spoilt a start, while the list has that placement', () => {
    expect(next(['cpu-spot', 'cpu'], [record('platform', 'cpu')])).toBe('cpu');
    expect(next(['cpu-spot', 'cpu'], [record('platform', 'cpu-spot')])).toBe('cpu-spot');
    expect(next(['cpu-spot', 'cpu'], [record('platform', 'cpu-spot')], 1)).toBe('cpu');
    expect(next(['cpu'], [record('platform', 'gpu')])).toBe('cpu');
  });

  it('goes on in the list after a refusal or a start that took too long, and round', () => {
    for (const verdict of ['capacity', 'startTimeout'] as const) {
      expect(next(['cpu-spot', 'cpu'], [record(verdict, 'cpu-spot')])).toBe('cpu');
      expect(next(['cpu-spot', 'cpu'], [record(verdict, 'cpu')])).toBe('cpu-spot');
      expect(next(['cpu'], [record(verdict, 'cpu')])).toBe('cpu');
    }
  });

  it('leaves Spot once a run was taken back, if there is anything else', () => {
    const reclaimed = [record('reclaimed', 'cpu-spot')];
    expect(next(['cpu-spot', 'cpu'], reclaimed, 1)).toBe('cpu');
    expect(next(['cpu-spot'], reclaimed, 1)).toBe('cpu-spot');
    expect(next(['cpu-spot', 'cpu'], [record('capacity', 'cpu')], 1)).toBe('cpu');
  });

  it('is what a row that was taken back from Spot is launched on', () => {
    const ended = stopped(1, { stopCode: 'SpotInterruption', exitCode: 143 });
    const again = onward(samples.RUNNING, [minute, ended]);
    if (again.phase !== 'QUEUED') throw new Error('a reclaimed run goes back to the queue');
    expect(nextPlacement(again, sampleSpec)).toBe('cpu');
  });
});

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
  it('has nothing against a message that fits', () => {
    expect(objection({})).toBeUndefined();
    expect(objection({ cpu: 512, memoryMiB: 2048 })).toBeUndefined();
    expect(objection({ cpu: 256, memoryMiB: 512 })).toBeUndefined();
  });

  it.each([
    [{ cpu: 128 }, /cpu must be from 256 to 1024 CPU units for this tool, .* asks for 128/],
    [{ cpu: 2048 }, /asks for 2048/],
    [{ memoryMiB: 511 }, /memoryMiB must be from 512 to 2048 MiB/],
    [{ memoryMiB: 4096 }, /asks for 4096/],
    [{ cpu: 300 }, /Fargate runs have 256, 512, .* not 300/],
    [{ cpu: 1024 }, /with 1024 CPU units Fargate gives 2048 to 8192 .* not 512/],
  ] as const)('tells the bounds to a message that asks for %o', (over, sentence) => {
    expect(objection(over)).toMatch(sentence);
  });

  it('knows no Fargate sizes for a tool that runs on hosts', () => {
    expect(objection({ cpu: 300 }, { placements: ['gpu'] })).toBeUndefined();
  });

  it('takes input up to the last character that ECS takes, and not one more', () => {
    let most = 7000;
    while (objection({ input: inputOf(most + 1) }) === undefined) most += 1;
    expect(most).toBeLessThan(mostOverrides);
    expect(objection({ input: inputOf(most + 1) })).toMatch(
      /fit into 8192 characters .* comes to 8193: put it into S3 and pass its URL/,
    );
    const order = orderOf(queued, { input: inputOf(most) });
    expect(JSON.stringify(order && overridesOf(order)).length).toBeLessThanOrEqual(mostOverrides);
  });

  it('never lets through what ECS refuses in a later run', () => {
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
    ['{}', /the tool's command needs input\.a\.b, but the message has none/],
    ['{"a":{}}', /the tool's command needs input\.a\.b, but the message has none/],
    ['{"a":"b"}', /the tool's command needs input\.a\.b, but the message has none/],
    ['{"a":[{"b":1}]}', /the tool's command needs input\.a\.b, but the message has none/],
    ['{"a":{"b":{}}}', /the tool's command needs input\.a\.b, but it is an object/],
    ['{"a":{"b":[]}}', /the tool's command needs input\.a\.b, but it is an array/],
    ['{"a":{"b":null}}', /the tool's command needs input\.a\.b, but it is null/],
    ['{"a":{"b":"\\u0000"}}', /input\.a\.b has a character that no argument can have/],
    ['{"a":{"b":"\\ud800"}}', /input\.a\.b has a character that no argument can have/],
  ])('rejects the input %s for a command that needs more', (input, sentence) => {
    expect(objection({ input }, { command: ['{input.a.b}'] })).toMatch(sentence);
  });

  it.each(['constructor', '__proto__', 'length', 'toString'])(
    'finds no %s in an input that has none',
    (name) => {
      for (const input of ['{}', '{"a":[]}', '{"a":"x"}']) {
        expect(objection({ input }, { command: [`{input.${name}}`] })).toMatch(/has none/);
        expect(objection({ input }, { command: [`{input.a.${name}}`] })).toMatch(/has none/);
      }
    },
  );

  it('takes every text, number and truth value into a command, and nothing of it twice', () => {
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

  it('counts the command with what else must fit', () => {
    const input = `{"a":"${'x'.repeat(3000)}"}`;
    expect(objection({ input })).toBeUndefined();
    expect(objection({ input }, { command: ['{input.a}'] })).toBeUndefined();
    expect(objection({ input }, { command: ['{input.a}', '{input.a}'] })).toMatch(
      /fit into 8192 characters/,
    );
  });

  it('counts what JSON makes of quotes in the input', () => {
    const input = `{"a":"${'\\"'.repeat(2000)}"}`;
    expect(input.length).toBeLessThan(5000);
    expect(objection({ input })).toMatch(/put it into S3/);
  });
});

it('gives a run that exits 75 the second attempt', () => {
  const again = onward(samples.RUNNING, [minute, stopped(1, exit(75))]);
  expect(again).toMatchObject({ run: 2, attempts: 1 });
});
