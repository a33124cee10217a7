import { describe, expect, it } from 'vitest';
import { definition, newReadyWorld, runInput, running, started } from './kit.ts';

const hour = 3_600_000;

describe('a client token', () => {
  it('answers the same task again and launches nothing', () => {
    const world = newReadyWorld();
    const taskArn = started(world);
    const told = world.events.length;
    const again = world.ask('RunTask', runInput());
    expect(again.tasks?.map((task) => task.taskArn)).toEqual([taskArn]);
    expect(again.tasks?.[0]?.overrides).toBeDefined();
    world.pass(0);
    expect(world.orders).toHaveLength(1);
    expect(told).toBe(1);
  });

  it('takes the same members in another order for the same request', () => {
    const world = newReadyWorld();
    const taskArn = started(world);
    const turned = Object.fromEntries(Object.entries(runInput()).toReversed());
    expect(world.ask('RunTask', turned).tasks?.[0]?.taskArn).toBe(taskArn);
  });

  it.each([
    ['another startedBy', { startedBy: 'task-1/2' }],
    ['another environment', { overrides: { containerOverrides: [{ name: 'tool' }] } }],
    ['another definition', { taskDefinition: definition.family }],
    ['a tag more', { tags: [{ key: 'a', value: 'b' }] }],
  ])('with %s is a conflict that names the tasks', (_what, other) => {
    const world = newReadyWorld();
    const taskArn = started(world);
    const answer = world.call('RunTask', runInput(other));
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'ConflictException', status: 400, extra: { resourceIds: [taskArn] } },
    });
  });

  it('is one of its cluster', () => {
    const world = newReadyWorld({ clusters: ['davit-local', 'other'] });
    const one = started(world);
    const other = started(world, { cluster: 'other' });
    expect(other).not.toBe(one);
  });

  it('answers a task that has stopped with its ARN and statuses alone', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    expect(world.ask('RunTask', runInput()).tasks).toEqual([
      { taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' },
    ]);
  });

  it('protects for an hour after the end, and no longer', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(hour - 1);
    expect(started(world)).toBe(taskArn);
    world.pass(1);
    expect(started(world)).not.toBe(taskArn);
  });

  it('protects for 24 hours at most, also while its task runs', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.pass(24 * hour - 1);
    expect(started(world)).toBe(taskArn);
    world.pass(1);
    expect(started(world)).not.toBe(taskArn);
  });

  it('replays failures, though capacity has come back', () => {
    const world = newReadyWorld();
    world.setAvailability('FARGATE', { is: 'closed', reason: 'no capacity', seen: 'at once' });
    world.ask('RunTask', runInput());
    world.setAvailability('FARGATE', { is: 'open' });
    const replay = { tasks: [], failures: [{ reason: 'no capacity' }] };
    expect(world.ask('RunTask', runInput())).toEqual(replay);
    world.pass(hour);
    expect(world.ask('RunTask', runInput()).tasks).toHaveLength(1);
  });

  it('tells after an hour only how many failures there were', () => {
    const world = newReadyWorld({ vcpuQuota: { FARGATE: 0.25 } });
    world.ask('RunTask', runInput({ count: 2 }));
    world.pass(hour);
    const replay = world.ask('RunTask', runInput({ count: 2 }));
    expect(replay.tasks).toHaveLength(1);
    expect(replay.failures).toEqual([{}]);
  });

  it('is not bound by a call that was refused', () => {
    const world = newReadyWorld();
    world.refusal('RunTask', runInput({ taskDefinition: 'nothing' }));
    expect(started(world)).toMatch(/^arn:/);
  });

  it('replays though the definition has gone since', () => {
    const world = newReadyWorld();
    const taskArn = started(world);
    world.ask('DeregisterTaskDefinition', { taskDefinition: `${definition.family}:1` });
    expect(started(world)).toBe(taskArn);
  });

  it('may be left out: then every call launches', () => {
    const world = newReadyWorld();
    expect(started(world, { clientToken: null })).not.toBe(started(world, { clientToken: null }));
  });
});
