import type { RunLines } from '../core/run-lines.ts';

/** What is kept of the lines of each run. Throws when the table cannot be reached. */
export interface RunLinesTable {
  /** Reads consistently. */
  readonly read: (taskId: string, run: number) => Promise<RunLines | undefined>;
  /** Writes `next` over `was`; false when another writer was faster. `now`: epoch milliseconds, from which the item is kept. */
  readonly save: (
    of: { readonly taskId: string; readonly run: number; readonly now: number },
    next: RunLines,
    was: RunLines | undefined,
  ) => Promise<boolean>;
}
