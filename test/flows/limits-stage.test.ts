import { describe, expect, it } from 'vitest';
import {
  endRun,
  newStage,
  runningIn,
  setStage,
  submitNow,
  sweepLater,
  takenOfStage,
} from '../kit/stage-world.ts';

describe('a limit of the whole stage', () => {
  it('is not exceeded by tools together, also by those that have no limit of their own', async () => {
    const world = await newStage({ maxRunning: 2, tools: { echo: {}, film: { maxRunning: 2 } } });
    await submitNow(world, 'a', { tool: 'film' });
    await submitNow(world, 'b', { tool: 'film' });
    expect(runningIn(world)).toEqual(['a', 'first']);
    expect(world.row('b')).toMatchObject({
      hold: { by: 'stage/film', why: '2 of 2 runs are running, of all tools of the stage' },
    });
    await endRun(world, 'first');
    expect(runningIn(world)).toEqual(['a', 'b']);
    await endRun(world, 'a');
    await endRun(world, 'b');
    expect(await takenOfStage(world)).toBe(0);
    expect((await world.limits.names()).length).toBe(1);
  });

  it('holds back no tool because another one is full', async () => {
    const world = await newStage({ maxRunning: 3, tools: { echo: { maxRunning: 1 }, film: {} } });
    await submitNow(world, 'a', { tool: 'echo' });
    await submitNow(world, 'b', { tool: 'film' });
    expect(runningIn(world)).toEqual(['b', 'first']);
    expect(world.row('a')).toMatchObject({ hold: { why: '1 of 1 echo is running' } });
    await endRun(world, 'first');
    expect(runningIn(world)).toEqual(['a', 'b']);
  });

  it('serves the tenant with the fewest runs of all tools first', async () => {
    const world = await newStage({ maxRunning: 2, tools: { echo: {}, film: {} } });
    await submitNow(world, 'flood-1', { tool: 'echo', tenant: 'flood' });
    await submitNow(world, 'flood-2', { tool: 'echo', tenant: 'flood' });
    await submitNow(world, 'light-1', { tool: 'film', tenant: 'light' });
    await endRun(world, 'first');
    expect(runningIn(world)).toEqual(['flood-1', 'light-1']);
  });

  it('gives the places of a paused tool to the others, and goes on with it when the pause ends', async () => {
    const tools = { echo: {}, film: {} };
    const world = await newStage({ maxRunning: 1, tools });
    for (const id of ['a', 'b']) await submitNow(world, id, { tool: 'echo' });
    await submitNow(world, 'c', { tool: 'film' });
    setStage(world, { maxRunning: 1, tools: { ...tools, echo: { paused: 'a test' } } });
    await endRun(world, 'first');
    expect(runningIn(world)).toEqual(['c']);
    setStage(world, { maxRunning: 1, tools });
    await sweepLater(world);
    await endRun(world, 'c');
    await sweepLater(world);
    expect(runningIn(world)).toHaveLength(1);
  });

  it('counts what ran before it was set', async () => {
    const tools = { echo: { maxRunning: 2 }, film: {} };
    const world = await newStage({ maxRunning: undefined, tools });
    for (const id of ['a', 'b']) await submitNow(world, id, { tool: 'film' });
    for (const id of ['c', 'd']) await submitNow(world, id, { tool: 'echo' });
    expect(runningIn(world)).toEqual(['a', 'b', 'c', 'first']);
    expect(world.row('d')).toMatchObject({ hold: { by: 'limit/echo' } });
    setStage(world, { maxRunning: 2, tools });
    await submitNow(world, 'e', { tool: 'film' });
    await sweepLater(world, 2);
    for (const id of ['a', 'b']) await endRun(world, id);
    await sweepLater(world, 3);
    expect(runningIn(world)).toEqual(['c', 'first']);
    expect(world.row('d')).toMatchObject({ hold: { by: 'stage/echo' } });
  });

  it('lets everyone run when it is removed, and its item goes', async () => {
    const tools = { echo: { maxRunning: 1 }, film: {} };
    const world = await newStage({ maxRunning: 1, tools });
    await submitNow(world, 'a', { tool: 'film' });
    await submitNow(world, 'b', { tool: 'echo' });
    setStage(world, { maxRunning: undefined, tools });
    await sweepLater(world);
    expect(runningIn(world)).toContain('a');
    await endRun(world, 'first');
    await sweepLater(world, 3);
    expect(runningIn(world)).toEqual(['a', 'b']);
    for (const id of ['a', 'b']) await endRun(world, id);
    await sweepLater(world, 4);
    expect(await world.limits.names()).toEqual(['limit/echo']);
  });

  it('goes on counting when all tools that it knew are gone, until it is removed as well', async () => {
    const world = await newStage({ maxRunning: 2, tools: { echo: {} } });
    world.tools.set('echo', undefined);
    await sweepLater(world, 2);
    expect((await world.limits.read('stage'))?.checkedAt).toBeDefined();
    setStage(world, { maxRunning: 2, tools: { film: {} } });
    await submitNow(world, 'a', { tool: 'film' });
    await submitNow(world, 'b', { tool: 'film' });
    expect(runningIn(world)).toEqual(['a', 'first']);
    for (const id of ['first', 'a']) await endRun(world, id);
    await endRun(world, 'b');
    setStage(world, { maxRunning: undefined, tools: { film: {} } });
    world.tools.set('film', undefined);
    await sweepLater(world, 4);
    expect(await world.limits.names()).toEqual([]);
  });
});
