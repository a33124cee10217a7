import type { Learnt } from './request.ts';

/** A piece of work for one judge: tests of one file, and faults that they execute. */
export interface Batch {
  readonly file: string;
  /** The ids of the tests. */
  readonly tests: readonly string[];
  readonly faults: readonly number[];
}

/**
 * Tests that take about as long as each other. The short ones judge first, and the long ones only what is left: most
 * faults are noticed by several tests.
 */
export interface Round {
  readonly learnt: readonly Learnt[];
  readonly fromMs: number;
  readonly belowMs: number;
}

/** Test files, and how long a test of them may compute to be repeated. */
export interface Group {
  readonly learnt: readonly Learnt[];
  readonly mostMs: number;
}

/** All rounds, in order. A long test of the first group comes before a short one of the next. */
export const roundsOf = (groups: readonly Group[]): readonly Round[] =>
  groups.flatMap(({ learnt, mostMs }) => {
    const limits = [0, ...stepsMs.filter((ms) => ms < mostMs), mostMs];
    return limits.slice(1).map((belowMs, n) => ({ learnt, fromMs: limits[n] ?? 0, belowMs }));
  });

const stepsMs = [5, 50, 500];

/** The names of the tests that are too long to be repeated. */
export const longTestsOf = (groups: readonly Group[]): readonly string[] =>
  groups.flatMap(({ learnt, mostMs }) =>
    learnt.flatMap(({ tests }) => tests.filter(({ ms }) => ms >= mostMs).map(({ name }) => name)),
  );

/** The work of a round for the faults that are left, the quickest file first. */
export const batchesOf = (
  { learnt, fromMs, belowMs }: Round,
  left: ReadonlySet<number>,
): readonly Batch[] =>
  learnt
    .map(({ file, tests }) => {
      const some = tests.filter(({ ms }) => ms >= fromMs && ms < belowMs);
      const costs = new Map<number, number>();
      for (const { ms, hits } of some) {
        for (const n of hits) if (left.has(n)) costs.set(n, (costs.get(n) ?? 0) + ms);
      }
      return { file, tests: some.map(({ id }) => id), costs, ms: sum(costs.values()) };
    })
    .toSorted((a, b) => a.ms - b.ms)
    .flatMap(({ file, tests, costs }) => pieces(costs).map((faults) => ({ file, tests, faults })));

/** A judge works for about this long on a piece, so that none waits for the other at the end of a round. */
const pieceMs = 30_000;

const pieces = (costs: ReadonlyMap<number, number>): readonly (readonly number[])[] => {
  const found: number[][] = [];
  let spentMs = pieceMs;
  for (const [fault, ms] of costs) {
    if (spentMs >= pieceMs) {
      found.push([]);
      spentMs = 0;
    }
    found.at(-1)?.push(fault);
    spentMs += ms;
  }
  return found;
};

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
};
