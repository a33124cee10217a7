import type { Described, Runs } from '../ports/runs.ts';
import { eachAtMost } from './pace.ts';

// The most that one DescribeTasks takes (ECS API).
const perCall = 100;
/** Enough to reach the permitted rate of calls when each takes half a second. */
const atOnce = 8;

/** What ECS says of many of its tasks. When a call fails, the tasks that it was about are neither found nor missing. */
export interface Descriptions {
  readonly found: readonly Described[];
  readonly missing: readonly string[];
  /** One for each call that failed. */
  readonly faults: readonly unknown[];
  readonly calls: number;
}

/** DescribeTasks for any number of ARNs, a hundred in a call. A call that fails is made once more. Never throws. */
export const describeAll = async (
  runs: Runs,
  ecsTaskArns: readonly string[],
): Promise<Descriptions> => {
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

/** Cuts a list into parts of a hundred: the most that one DescribeTasks takes. */
export const hundreds = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / perCall) }, (_, at) =>
    all.slice(at * perCall, (at + 1) * perCall),
  );
