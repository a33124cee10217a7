import { openJudges } from './judges/all.ts';
import { watchRejections } from './judges/rejections.ts';
import { watchWaits } from './last-wait.ts';
import type { Plan } from './plan.ts';
import { openWorld } from './play-plan.ts';
import type { Release } from './world.ts';

/** What came of one seed. */
export interface Run {
  readonly seed: number;
  /** The promise that was broken, and how. */
  readonly violation?: Error;
  /** How long it took until everything had ended after the world was calm, in virtual ms. */
  readonly restMs: number;
  /** What came to rest last, and where it spent that time. */
  readonly cause: string;
  readonly events: number;
}

export interface RunOptions {
  readonly current: Release;
  readonly previous: Release;
  readonly note?: (line: string) => void;
  readonly count?: (what: string) => void;
}

const minute = 60_000;
/** Everything ends within this time after the world is calm (docs/simulation.md says why). */
const longestRestMs = 180 * minute;

/** Runs the world of a plan to its end, and judges it after everything that happens. */
export const runPlan = async (plan: Plan, options: RunOptions): Promise<Run> => {
  const judges = openJudges();
  const rejections = watchRejections();
  const waits = watchWaits();
  const verdict = (): void => {
    rejections.verdict();
    judges.verdict();
  };
  const world = openWorld({ plan, watchers: judges.watchers, ...options });
  judges.see(world);
  const { timeline } = world;
  const restMs = (): number => timeline.now() - plan.calmAt;
  const run = (): Run => ({
    seed: plan.seed,
    restMs: restMs(),
    cause: waits.cause(),
    events: timeline.count(),
  });
  try {
    while (restMs() < 0 || (!judges.isAtRest() && restMs() < longestRestMs)) {
      await timeline.runUntil(timeline.now() + minute, verdict);
      judges.eachMinute();
      verdict();
      if (restMs() >= 0) waits.look(world);
    }
    judges.atEnd();
    return run();
  } catch (error) {
    const violation = error instanceof Error ? error : new Error(String(error));
    return { ...run(), violation };
  } finally {
    rejections.stop();
  }
};
