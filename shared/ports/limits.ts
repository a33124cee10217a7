import type { Limit } from '../core/limit.ts';

/** A task that waits for a limit, as the index holds it. */
export interface IndexedWaiter {
  readonly taskId: string;
  /** When it was queued, less ten minutes for each step of its priority. */
  readonly since: number;
}

/**
 * The items of limits in the task table. Every function throws when the table cannot be reached, and UnreadableRow for an
 * item that this version cannot read.
 */
export interface Limits {
  /** Reads consistently. */
  readonly read: (name: string) => Promise<Limit | undefined>;
  /** Writes the item, if it is still at `was.revision` (0: if there is none). Answers false when another writer was faster. */
  readonly save: (next: Limit, was: Limit) => Promise<boolean>;
  /** Deletes the item, if it is still at this revision. */
  readonly remove: (limit: Limit) => Promise<boolean>;
  /** The names of all limits that have an item. Read from an index, so possibly stale. */
  readonly names: () => Promise<readonly string[]>;
  /**
   * The first tenant after `after` whose tasks are held by this (`limit/<tool>`, `stage/<tool>`), with those of its tasks that
   * have waited longest, at most `most`. Undefined when there is none. Read from an index, so possibly stale.
   */
  readonly waiting: (
    by: string,
    options: { readonly after?: string | undefined; readonly most: number },
  ) => Promise<{ readonly tenant: string; readonly tasks: readonly IndexedWaiter[] } | undefined>;
}
