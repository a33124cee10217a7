import { describe, expect, it } from 'vitest';
import { takenIn } from '../../shared/core/limit.ts';
import type { ToolSpec } from '../../shared/core/tool.ts';
import { minute, releaseNamed, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** What a test says of the stage and of its tools, by their names. */
interface Stage {
  readonly maxRunning: number | undefined;
  readonly tools: Readonly<Record<string, Partial<ToolSpec> & { readonly paused?: string }>>;
}

const set = (world: World, { maxRunning, tools }: Stage): void => {
  for (const [tool, { paused, ...spec }] of Object.entries(tools)) {
    const release = { ...releaseNamed('1.0.0', spec), tool };
    const live = { ...release, definitions: { fargate: world.runs.register(release) } };
    world.tools.set(tool, {
      spec: live.spec,
      live,
      ...(paused === undefined ? {} : { paused }),
      ...(maxRunning === undefined ? {} : { stageMaxRunning: maxRunning }),
    });
  }
};

/** A world whose stage has this limit, and where the runs of before were counted. */
const limited = async (stage: Stage): Promise<World> => {
  const world = newWorld();
  set(world, stage);
  world.submit('first', { tool: Object.keys(stage.tools)[0] });
  await world.dispatch();
  await sweepLater(world);
  return world;
};

/** Dispatch and settle until nothing is left to do. */
const round = async (world: World): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) {
    await world.dispatch();
    await world.pass(second);
    await world.settle();
  }
};

const sweepLater = async (world: World, times = 1): Promise<void> => {
  for (let n = 0; n < times; n += 1) {
    await world.pass(minute);
    await world.sweep();
    await round(world);
  }
};

const submit = async (world: World, taskId: string, body: object): Promise<void> => {
  world.submit(taskId, body);
  await round(world);
};

const end = async (world: World, taskId: string): Promise<void> => {
  world.runs.exit(world.arnOf(taskId), 0);
  await world.pass(second);
  await round(world);
};

const running = (world: World): readonly string[] =>
  world.tasks
    .rows()
    .filter(({ phase }) => phase === 'RUNNING')
    .map(({ taskId }) => taskId)
    .toSorted();

const taken = async (world: World): Promise<number> => {
  const limit = await world.limits.read('stage');
  return limit ? takenIn(limit) : 0;
};

describe('a limit of the whole stage', () => {
  it('is not exceeded by tools together, also by those that have no limit of their own', async () => {
    const world = await limited({ maxRunning: 2, tools: { echo: {}, film: { maxRunning: 2 } } });
    await submit(world, 'a', { tool: 'film' });
    await submit(world, 'b', { tool: 'film' });
    expect(running(world)).toEqual(['a', 'first']);
    expect(world.row('b')).toMatchObject({
      hold: { by: 'stage/film', why: '2 of 2 runs are running, of all tools of the stage' },
    });
    await end(world, 'first');
    expect(running(world)).toEqual(['a', 'b']);
    await end(world, 'a');
    await end(world, 'b');
    expect(await taken(world)).toBe(0);
    expect((await world.limits.names()).length).toBe(1);
  });

  it('holds back no tool because another one is full', async () => {
    const world = await limited({ maxRunning: 3, tools: { echo: { maxRunning: 1 }, film: {} } });
    await submit(world, 'a', { tool: 'echo' });
    await submit(world, 'b', { tool: 'film' });
    expect(running(world)).toEqual(['b', 'first']);
    expect(world.row('a')).toMatchObject({ hold: { why: '1 of 1 echo is running' } });
    await end(world, 'first');
    expect(running(world)).toEqual(['a', 'b']);
  });

  it('serves the tenant with the fewest runs of all tools first', async () => {
    const world = await limited({ maxRunning: 2, tools: { echo: {}, film: {} } });
    await submit(world, 'flood-1', { tool: 'echo', tenant: 'flood' });
    await submit(world, 'flood-2', { tool: 'echo', tenant: 'flood' });
    await submit(world, 'light-1', { tool: 'film', tenant: 'light' });
    await end(world, 'first');
    expect(running(world)).toEqual(['flood-1', 'light-1']);
  });

  it('gives the places of a paused tool to the others, and goes on with it when the pause ends', async () => {
    const tools = { echo: {}, film: {} };
    const world = await limited({ maxRunning: 1, tools });
    for (const id of ['a', 'b']) await submit(world, id, { tool: 'echo' });
    await submit(world, 'c', { tool: 'film' });
    set(world, { maxRunning: 1, tools: { ...tools, echo: { paused: 'a test' } } });
    await end(world, 'first');
    expect(running(world)).toEqual(['c']);
    set(world, { maxRunning: 1, tools });
    await sweepLater(world);
    await end(world, 'c');
    await sweepLater(world);
    expect(running(world)).toHaveLength(1);
  });

  it('counts what ran before it was set', async () => {
    const tools = { echo: { maxRunning: 2 }, film: {} };
    const world = await limited({ maxRunning: undefined, tools });
    for (const id of ['a', 'b']) await submit(world, id, { tool: 'film' });
    for (const id of ['c', 'd']) await submit(world, id, { tool: 'echo' });
    expect(running(world)).toEqual(['a', 'b', 'c', 'first']);
    expect(world.row('d')).toMatchObject({ hold: { by: 'limit/echo' } });
    set(world, { maxRunning: 2, tools });
    await submit(world, 'e', { tool: 'film' });
    await sweepLater(world, 2);
    for (const id of ['a', 'b']) await end(world, id);
    await sweepLater(world, 3);
    expect(running(world)).toEqual(['c', 'first']);
    expect(world.row('d')).toMatchObject({ hold: { by: 'stage/echo' } });
  });

  it('lets everyone run when it is removed, and its item goes', async () => {
    const tools = { echo: { maxRunning: 1 }, film: {} };
    const world = await limited({ maxRunning: 1, tools });
    await submit(world, 'a', { tool: 'film' });
    await submit(world, 'b', { tool: 'echo' });
    set(world, { maxRunning: undefined, tools });
    await sweepLater(world);
    expect(running(world)).toContain('a');
    await end(world, 'first');
    await sweepLater(world, 3);
    expect(running(world)).toEqual(['a', 'b']);
    for (const id of ['a', 'b']) await end(world, id);
    await sweepLater(world, 4);
    expect(await world.limits.names()).toEqual(['limit/echo']);
  });
});
