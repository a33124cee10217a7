import type { Described, Runs } from '../ports.ts';
import { eachAtMost } from './pace.ts';

// The most that one DescribeTasks takes (ECS API).
const perCall = 100;
/** Enough to use up ECS's pace while one call takes half a second. */
const atOnce = 8;

/** What ECS says of many of its tasks. What a call was asked for that failed is neither found nor missing. */
export interface Looks {
  readonly found: readonly Described[];
  readonly missing: readonly string[];
  /** Why calls failed, one for each. */
  readonly faults: readonly unknown[];
  readonly calls: number;
}

/** DescribeTasks for any number of ARNs, a hundred a call; a call that fails is made once more. Never throws. */
export const describeAll = async (runs: Runs, ecsTaskArns: readonly string[]): Promise<Looks> => {
  const calls = hundreds(ecsTaskArns);
  const outcomes = await eachAtMost(calls, atOnce, (arns) =>
    runs.describe(arns).catch(() => runs.describe(arns)),
  );
  const parts = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return {
    found: parts.flatMap(({ found }) => found),
    missing: parts.flatMap(({ missing }) => missing),
    faults: outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
    calls: calls.length,
  };
};

/** Parts of a list, as long as one call of ECS may be. */
export const hundreds = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / perCall) }, (_, at) =>
    all.slice(at * perCall, (at + 1) * perCall),
  );
