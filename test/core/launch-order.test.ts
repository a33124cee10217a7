import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overridesOf } from '../../shared/core/launch-order.ts';
import { runNamed } from '../../shared/core/run-name.ts';
import { hour, releaseNamed, sha256, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { site } from '../kit/site.ts';
import { asQueued } from '../kit/step-helpers.ts';
import { orderOf, queued } from './order-of.ts';

const delayed = asQueued(samples['QUEUED, delayed after exit 75']);

describe('launchOrder', () => {
  it('gives the container its whole environment', () => {
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

  it('has the same bytes each time for the same run, at any time', () => {
    const { intendedAt: _now, ...order } = orderOf(queued) ?? { intendedAt: 0 };
    const { intendedAt: _then, ...again } = orderOf(queued, { now: start + hour }) ?? {
      intendedAt: 0,
    };
    expect(JSON.stringify(again)).toBe(JSON.stringify(order));
  });

  it('names the run and the attempt, so that no two runs share a token', () => {
    const first = orderOf(queued);
    const second = orderOf(delayed);
    expect(second).toMatchObject({
      startedBy: 'film-1/2',
      environment: { DAVIT_RUN: '2', DAVIT_ATTEMPT: '2' },
    });
    expect(second?.clientToken).not.toBe(first?.clientToken);
    expect(second?.clientToken).toBe(sha256('film-1/2'));
  });

  it('has a token and a name that ECS allows, for every id and run', () => {
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

  it('finds no run in a name that Davit did not give', () => {
    for (const name of [undefined, '', 'ecs-svc/123', 'film-1', 'film-1/0', 'film-1/01', 'a/b/1'])
      expect(runNamed(name)?.run ?? 0, name).toBe(name === 'ecs-svc/123' ? 123 : 0);
  });

  it('asks for another size than the definition’s only where the message did', () => {
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

  it('has no command where the command needs no input: the definition has it', () => {
    for (const spec of [{}, { command: ['-version', '{{}}'] }])
      expect(orderOf(queued, { release: releaseNamed('1.0.0', spec) })).not.toHaveProperty(
        'command',
      );
  });

  it('doubles the memory after a run that was out of memory', () => {
    const doubled = { ...queued, memoryDoubled: true };
    expect(orderOf(doubled)).toMatchObject({ cpu: 256, memoryMiB: 1024 });
  });

  it('does not exist where the release or the site has nothing for the placement', () => {
    expect(orderOf(queued, { placement: 'gpu' })).toBeUndefined();
    expect(orderOf(queued, { site: { ...site, providers: {} } })).toBeUndefined();
  });
});

describe('a launch', () => {
  it('has no public address, and a timeout in whole seconds that is not too short', () => {
    expect(orderOf(queued, { release: releaseNamed('1.0.0', { timeoutMs: 1_001 }) })).toMatchObject(
      {
        assignPublicIp: false,
        environment: { DAVIT_TIMEOUT_S: '2' },
      },
    );
  });

  it('is not made where the input cannot fill the command', () => {
    const release = releaseNamed('1.0.0', { command: ['{input.a}'] });
    expect(orderOf(queued, { release, input: '{}' })).toBeUndefined();
  });
});
