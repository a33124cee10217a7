import type { LaunchAnswer, Runs } from '../../shared/ports/runs.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

/** The RunTasks of a world, each of which waits until the test decides its result. */
export interface GatedLaunches {
  /** Resolves when this number of calls has begun. */
  readonly arrived: (count: number) => Promise<unknown>;
  /** The nth call gets this answer, and never reaches ECS. */
  readonly answer: (nth: number, answer: LaunchAnswer) => void;
  /** The nth call reaches ECS now. */
  readonly letThrough: (nth: number) => void;
  /** The nth call reaches ECS, and its answer is lost. */
  readonly loseAnswer: (nth: number) => Promise<void>;
  /** Later calls no longer wait. */
  readonly openAll: () => void;
}

/** Makes the RunTask calls of a world wait for the test. */
export const gatedLaunches = (world: World): GatedLaunches => {
  const { runs } = world.ports;
  const waiting: { order: Parameters<Runs['launch']>[0]; done: (answer: LaunchAnswer) => void }[] =
    [];
  let isOpen = false;
  const launch: Runs['launch'] = (order) =>
    isOpen ? runs.launch(order) : new Promise((done) => waiting.push({ order, done }));
  Object.assign(world.ports, {
    runs: {
      launch,
      describe: (arns: readonly string[]) => runs.describe(arns),
      traces: (order: Parameters<Runs['traces']>[0]) => runs.traces(order),
      list: () => runs.list(),
      stop: (arn: string, why: string) => runs.stop(arn, why),
    },
  });

  const nth = (n: number) => {
    const call = waiting[n - 1];
    if (!call) throw new Error(`there was no launch ${n}`);
    return call;
  };

  return {
    arrived: (count) => until(`launch ${count}`, () => waiting.length >= count || undefined),
    answer: (n, answer) => nth(n).done(answer),
    letThrough: (n) => void runs.launch(nth(n).order).then(nth(n).done),
    loseAnswer: async (n) => {
      await runs.launch(nth(n).order);
      nth(n).done({ kind: 'doubt', why: 'RunTask timed out' });
    },
    openAll: () => {
      isOpen = true;
    },
  };
};
