import { parentPort, workerData } from 'node:worker_threads';
import { newTally } from '../coverage.ts';
import { planOf } from '../plan-of.ts';
import { loadReleases, type ReleasePaths } from '../releases.ts';
import { runPlan } from '../run-seed.ts';
import { promiseOf } from '../shrink.ts';
import type { PlayedSeed } from './play-seeds.ts';

/** A thread that plays the seeds that it is sent, one after another, and answers each with a `PlayedSeed`. */
const main = async (paths: ReleasePaths): Promise<void> => {
  const releases = await loadReleases(paths);
  const play = async (seed: number): Promise<PlayedSeed> => {
    const { tally, count } = newTally();
    releases.countSteps(count);
    const { violation, events, restMs, cause } = await runPlan(planOf(seed), {
      ...releases,
      count,
    });
    const found = violation && { promise: promiseOf(violation), what: violation.message };
    return { seed, events, restMs, cause, tally: [...tally], ...(found ? { found } : {}) };
  };
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (seed: number) => {
    last = last.then(async () => parentPort?.postMessage(await play(seed)));
  });
};

await main(workerData);
