import { describe, expect, it } from 'vitest';
import { cluster, definition, newReadyWorld, newWorld, runInput, type World } from './kit.ts';

const rate = 'ThrottlingException: Rate exceeded';

/** How many of `tries` calls at the same time were accepted. */
const passed = (tries: number, one: (at: number) => boolean): number =>
  Array.from({ length: tries }, (_, at) => one(at)).filter(Boolean).length;

const launch = (world: World, count: number) => (at: number) =>
  world.call('RunTask', runInput({ count, clientToken: `${world.now}-${at}` })).ok;

describe('request rates', () => {
  it('allow 20 definitions immediately and one per second after that', () => {
    const world = newWorld();
    const register = () => world.call('RegisterTaskDefinition', definition).ok;
    expect(passed(25, register)).toBe(20);
    expect(world.refusal('RegisterTaskDefinition', definition)).toBe(rate);
    world.pass(3000);
    expect(passed(25, register)).toBe(3);
  });

  it('allow 20 RunTask calls per second', () => {
    const world = newReadyWorld();
    expect(passed(30, launch(world, 1))).toBe(20);
    world.pass(500);
    expect(passed(30, launch(world, 1))).toBe(10);
  });

  it('allow 100 launches immediately and 20 per second after that, separately for Spot and On-Demand', () => {
    const world = newReadyWorld();
    expect(passed(15, launch(world, 10))).toBe(10);
    const spot = runInput({
      clientToken: 'spot',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    expect(world.call('RunTask', spot).ok).toBe(true);
    world.pass(1000);
    expect(passed(15, launch(world, 10))).toBe(2);
  });

  it('charge a repeated token for the call, not for a launch', () => {
    const world = newReadyWorld();
    passed(10, launch(world, 10));
    const replay = runInput({ count: 10, clientToken: `${world.now}-0` });
    expect(world.ask('RunTask', replay).tasks).toHaveLength(10);
  });

  it('are shared by RunTask and StopTask, and shared by the reads', () => {
    const world = newReadyWorld();
    passed(20, launch(world, 1));
    const stop = () => world.refusal('StopTask', { cluster, task: 'none' });
    expect(passed(100, () => stop() !== rate)).toBe(80);
    const list = () => world.call('ListTasks', { cluster: cluster }).ok;
    expect(passed(150, list)).toBe(100);
    expect(world.call('DescribeTasks', { cluster, tasks: ['x'] }).ok).toBe(false);
    world.pass(1000);
    expect(passed(50, list)).toBe(20);
  });

  it('bind no token when they refuse a call', () => {
    const world = newReadyWorld();
    passed(10, launch(world, 10));
    const input = runInput({ clientToken: 'late' });
    expect(world.refusal('RunTask', input)).toBe(rate);
    world.pass(1000);
    expect(world.ask('RunTask', input).tasks).toHaveLength(1);
  });

  it('can be switched off', () => {
    const world = newReadyWorld({ throttled: false });
    expect(passed(300, launch(world, 1))).toBe(300);
  });
});
