import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/runtime.ts';
import { setStage } from '../../test/kit/stage-world.ts';
import { newWorld, type World } from '../../test/kit/world.ts';

/** What a limit allows. With `stageTools` it is that of the whole stage, and so many tools without limits of their own share it. */
export interface Limited {
  readonly maxRunning: number;
  readonly stageTools?: number;
}

/** A world with one limit. */
export interface LimitedWorld {
  readonly world: World;
  /** The key of the limit's item. */
  readonly itemKey: string;
  /** Publishes a task; the tools of a stage take turns. */
  readonly submit: (taskId: string, tenant: string) => void;
}

/** So many tasks in a row are of one tool, so that tenants, which take turns as well, publish to each of them. */
const tasksInRow = 3;

/** Opens it. ECS takes one task definition a second, so a stage with many tools takes some virtual time. */
export const limitedWorld = async (
  { maxRunning, stageTools }: Limited,
  runtime: (order: RuntimeOrder) => RuntimeReport | undefined,
): Promise<LimitedWorld> => {
  const placements = ['cpu'] as const;
  if (stageTools === undefined) {
    const world = newWorld({ spec: { maxRunning, placements }, runtime });
    const submit = (taskId: string, tenant: string) => world.submit(taskId, { tenant });
    return { world, itemKey: '#limit/echo', submit };
  }
  const world = newWorld({ runtime });
  const tools = Array.from({ length: stageTools }, (_, n) => `tool-${n + 1}`);
  for (const tool of tools) {
    setStage(world, { maxRunning, tools: { [tool]: { placements } } });
    await world.clock.advance(1_000);
  }
  let submitted = 0;
  return {
    world,
    itemKey: '#stage',
    submit: (taskId, tenant) => {
      const tool = tools[Math.floor(submitted / tasksInRow) % tools.length];
      submitted += 1;
      world.submit(taskId, { tool, tenant });
    },
  };
};
