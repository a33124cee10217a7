import { clipped } from './clipped.ts';
import type { Placement } from './tool.ts';

/** What a run's end is counted as, and so who is responsible for it. */
export type Verdict =
  | 'succeeded'
  | 'tool'
  | 'outOfMemory'
  | 'reclaimed'
  | 'platform'
  | 'capacity'
  | 'release'
  | 'deployment'
  | 'startTimeout'
  | 'timeout'
  | 'cancelled'
  | 'vanished';

/** What a row remembers of a run that is over. */
export interface RunRecord {
  readonly run: number;
  readonly placement: Placement;
  readonly version: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly endedAt: number;
  readonly ecsTaskArn?: string;
  readonly startedAt?: number;
  readonly exitCode?: number;
}

/** A row remembers this many runs. */
const mostRuns = 20;

/** The runs with one more at the end, and no more of them than a row remembers. */
export const withRun = (runs: readonly RunRecord[], record: RunRecord): readonly RunRecord[] =>
  [...runs, { ...record, why: clipped(record.why) }].slice(-mostRuns);

/** How many of the last runs in a row ended with this verdict. */
export const inARow = (runs: readonly RunRecord[], verdict: Verdict): number => {
  const other = runs.findLastIndex((past) => past.verdict !== verdict);
  return runs.length - 1 - other;
};
