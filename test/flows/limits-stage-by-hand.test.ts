import { describe, expect, it } from 'vitest';
import type { Limit } from '../../shared/core/limit.ts';
import {
  endRun,
  newStage,
  runningIn,
  setStage,
  submitNow,
  sweepLater,
  takenOfStage,
} from '../kit/stage-world.ts';
import type { World } from '../kit/world.ts';

const tools = { echo: {}, film: { maxRunning: 2 }, talk: {} };

const stageOf = async (world: World): Promise<Limit> => {
  const limit = await world.limits.read('stage');
  if (limit === undefined) throw new Error('there is no item of the stage');
  return limit;
};

/** Two runs of echo have the places of the stage, and a task of each other tool waits. */
const crowded = async (): Promise<World> => {
  const world = await newStage({ maxRunning: 2, tools });
  await submitNow(world, 'second', { tool: 'echo' });
  await submitNow(world, 'film-1', { tool: 'film', tenant: 'b' });
  await submitNow(world, 'talk-1', { tool: 'talk', tenant: 'c' });
  expect(runningIn(world)).toEqual(['first', 'second']);
  return world;
};

describe('the item of the stage that a person has deleted', () => {
  it('is made again when a run ends, and the tasks of every tool that wait are served', async () => {
    const world = await crowded();
    expect(await world.limits.remove(await stageOf(world))).toBe(true);
    await endRun(world, 'first');
    expect(await stageOf(world)).toMatchObject({ placed: [], named: [] });
    expect(runningIn(world)).toEqual(['second']);
    await sweepLater(world, 2);
    expect(await stageOf(world)).toMatchObject({ maxRunning: 2 });
    expect(runningIn(world)).toEqual(['film-1', 'second']);
    await endRun(world, 'second');
    expect(runningIn(world)).toEqual(['film-1', 'talk-1']);
  });

  it('is made again by a task that asks for a place, with what runs', async () => {
    const world = await crowded();
    await world.limits.remove(await stageOf(world));
    await submitNow(world, 'new', { tool: 'echo', tenant: 'd' });
    expect(world.row('new')).toMatchObject({
      hold: {
        by: 'stage/echo',
        why: 'the stage has a limit of 2 since a moment ago; what runs already is counted first',
      },
    });
    await sweepLater(world, 2);
    expect(await takenOfStage(world)).toBe(2);
    expect(runningIn(world)).toEqual(['first', 'second']);
    for (const id of ['first', 'second']) await endRun(world, id);
    await sweepLater(world);
    expect(runningIn(world)).toEqual(['film-1', 'talk-1']);
  });

  it('gives no place while the limit cannot be read', async () => {
    const world = await crowded();
    await world.limits.remove(await stageOf(world));
    world.tools.disconnect('the limit of the stage cannot be read: expected a whole number');
    await endRun(world, 'first');
    await sweepLater(world, 3);
    expect(runningIn(world)).toEqual(['second']);
    expect((await stageOf(world)).checkedAt).toBeUndefined();
    world.tools.reconnect();
    await sweepLater(world, 2);
    expect(runningIn(world)).toEqual(['film-1', 'second']);
  });

  it('is no reason to wait when the limit was removed by hand as well', async () => {
    const world = await crowded();
    setStage(world, { maxRunning: undefined, tools });
    await world.limits.remove(await stageOf(world));
    await endRun(world, 'first');
    await sweepLater(world, 3);
    expect(runningIn(world)).toEqual(['film-1', 'second', 'talk-1']);
  });
});

describe('the limit of the stage', () => {
  it('stops nothing when it is lowered, and starts nothing until fewer run', async () => {
    const world = await newStage({ maxRunning: 3, tools });
    for (const id of ['a', 'b', 'c']) await submitNow(world, id, { tool: 'talk' });
    expect(runningIn(world)).toEqual(['a', 'b', 'first']);
    setStage(world, { maxRunning: 1, tools });
    await sweepLater(world, 2);
    expect(runningIn(world)).toEqual(['a', 'b', 'first']);
    for (const id of ['first', 'a']) {
      await endRun(world, id);
      await sweepLater(world);
    }
    expect(runningIn(world)).toEqual(['b']);
    await endRun(world, 'b');
    expect(runningIn(world)).toEqual(['c']);
  });

  it('gives more places when it is raised, with the next sweep', async () => {
    const world = await crowded();
    setStage(world, { maxRunning: 4, tools });
    await sweepLater(world, 2);
    expect(runningIn(world)).toEqual(['film-1', 'first', 'second', 'talk-1']);
  });

  it('holds every task with its sentence while its parameter cannot be read, and nothing is stopped', async () => {
    const why = 'the limit of the stage cannot be read: expected a whole number from 1 to 400';
    const world = await newStage({ maxRunning: 2, tools });
    world.tools.disconnect(why);
    await submitNow(world, 'a', { tool: 'echo' });
    await submitNow(world, 'b', { tool: 'film' });
    await sweepLater(world, 2);
    expect(runningIn(world)).toEqual(['first']);
    for (const id of ['a', 'b'])
      expect(world.row(id)).toMatchObject({ hold: { why: expect.stringContaining(why) } });
    expect(await takenOfStage(world)).toBe(1);
    world.tools.reconnect();
    await sweepLater(world, 2);
    expect(runningIn(world)).toHaveLength(2);
  });
});
