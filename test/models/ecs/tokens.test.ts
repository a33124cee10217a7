import { describe, expect, it } from 'vitest';
import { definition, newReadyWorld, runInput, startRunningTask, startTask } from './kit.ts';

const hour = 3_600_000;

describe('a client token', () => {
  it('returns the same task again and starts no new one', () => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    const before = world.events.length;
    const again = world.ask('RunTask', runInput());
    expect(again.tasks?.map((task) => task.taskArn)).toEqual([taskArn]);
    expect(again.tasks?.[0]?.overrides).toBeDefined();
    world.pass(0);
    expect(world.orders).toHaveLength(1);
    expect(before).toBe(1);
  });

  it('accepts the same members in another order', () => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    const turned = Object.fromEntries(Object.entries(runInput()).toReversed());
    expect(world.ask('RunTask', turned).tasks?.[0]?.taskArn).toBe(taskArn);
  });

  it.each([
    ['another startedBy', { startedBy: 'task-1/2' }],
    ['another environment', { overrides: { containerOverrides: [{ name: 'tool' }] } }],
    ['another definition', { taskDefinition: definition.family }],
    ['one more tag', { tags: [{ key: 'a', value: 'b' }] }],
  ])('with %s is a conflict, which names the tasks', (_what, other) => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    const answer = world.call('RunTask', runInput(other));
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'ConflictException', status: 400, extra: { resourceIds: [taskArn] } },
    });
  });

  it('belongs to its cluster', () => {
    const world = newReadyWorld({ clusters: ['davit-local', 'other'] });
    const one = startTask(world);
    const other = startTask(world, { cluster: 'other' });
    expect(other).not.toBe(one);
  });

  it('shows only ARN and statuses of a stopped task', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    expect(world.ask('RunTask', runInput()).tasks).toEqual([
      { taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' },
    ]);
  });

  it('expires one hour after its last task stopped', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(hour - 1);
    expect(startTask(world)).toBe(taskArn);
    world.pass(1);
    expect(startTask(world)).not.toBe(taskArn);
  });

  it('expires after 24 hours, also while its task runs', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.pass(24 * hour - 1);
    expect(startTask(world)).toBe(taskArn);
    world.pass(1);
    expect(startTask(world)).not.toBe(taskArn);
  });

  it('repeats failures, also when capacity has come back', () => {
    const world = newReadyWorld();
    world.setAvailability('FARGATE', { is: 'closed', reason: 'no capacity', seen: 'at once' });
    world.ask('RunTask', runInput());
    world.setAvailability('FARGATE', { is: 'open' });
    const replay = { tasks: [], failures: [{ reason: 'no capacity' }] };
    expect(world.ask('RunTask', runInput())).toEqual(replay);
    world.pass(hour);
    expect(world.ask('RunTask', runInput()).tasks).toHaveLength(1);
  });

  it('shows after an hour only the number of failures', () => {
    const world = newReadyWorld({ vcpuQuota: { FARGATE: 0.25 } });
    world.ask('RunTask', runInput({ count: 2 }));
    world.pass(hour);
    const replay = world.ask('RunTask', runInput({ count: 2 }));
    expect(replay.tasks).toHaveLength(1);
    expect(replay.failures).toEqual([{}]);
  });

  it('is not bound by a refused call', () => {
    const world = newReadyWorld();
    world.refusal('RunTask', runInput({ taskDefinition: 'nothing' }));
    expect(startTask(world)).toMatch(/^arn:/);
  });

  it('repeats its answer also after the definition was deregistered', () => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    world.ask('DeregisterTaskDefinition', { taskDefinition: `${definition.family}:1` });
    expect(startTask(world)).toBe(taskArn);
  });

  it('is optional: without it, every call starts tasks', () => {
    const world = newReadyWorld();
    expect(startTask(world, { clientToken: null })).not.toBe(
      startTask(world, { clientToken: null }),
    );
  });
});
