import { takenIn } from '../../shared/core/limit.ts';
import type { ToolSpec } from '../../shared/core/tool.ts';
import { minute, releaseNamed, second } from './facts.ts';
import { newWorld, type World } from './world.ts';

/** What a test says of the stage and of its tools, by their names. */
export interface Stage {
  readonly maxRunning: number | undefined;
  readonly tools: Readonly<Record<string, Partial<ToolSpec> & { readonly paused?: string }>>;
}

/** Sets the parameters of the stage and of its tools. */
export const setStage = (world: World, { maxRunning, tools }: Stage): void => {
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

/** A world whose stage has this limit, and where the runs of before were counted. The task `first` runs, of the first tool. */
export const newStage = async (stage: Stage): Promise<World> => {
  const world = newWorld();
  setStage(world, stage);
  world.submit('first', { tool: Object.keys(stage.tools)[0] });
  await world.dispatch();
  await sweepLater(world);
  return world;
};

/** The sweep after a minute, and what follows; so many times. */
export const sweepLater = async (world: World, times = 1): Promise<void> => {
  for (let n = 0; n < times; n += 1) {
    await world.pass(minute);
    await world.sweep();
    await playOut(world);
  }
};

/** Publishes a task, and lets dispatch and settle work until nothing is left to do. */
export const submitNow = async (world: World, taskId: string, body: object): Promise<void> => {
  world.submit(taskId, body);
  await playOut(world);
};

/** The run of a task ends with success. */
export const endRun = async (world: World, taskId: string): Promise<void> => {
  world.runs.exit(world.arnOf(taskId), 0);
  await world.pass(second);
  await playOut(world);
};

/** The tasks that run, by name. */
export const runningIn = (world: World): readonly string[] =>
  world.tasks
    .rows()
    .filter(({ phase }) => phase === 'RUNNING')
    .map(({ taskId }) => taskId)
    .toSorted();

/** How many places of the stage are taken. */
export const takenOfStage = async (world: World): Promise<number> => {
  const limit = await world.limits.read('stage');
  return limit ? takenIn(limit) : 0;
};

const playOut = async (world: World): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) {
    await world.dispatch();
    await world.pass(second);
    await world.settle();
  }
};
