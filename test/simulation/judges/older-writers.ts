import type { Item, Watchers } from '../watchers.ts';

/**
 * The environments that worked on an invocation when the table was restored. What they have read may be newer than the backup, and a
 * revision comes twice: they may write over a row that they have not read (docs/guarantees.md, case 6). What they have read has no
 * higher revision than the row had before, and a batch may have read a row several times.
 */
export const olderWritersOf = (): Pick<Watchers, 'invoked' | 'ended' | 'restored' | 'written'> & {
  /** Whether this row, as the environment has just written it, may follow from a row that the table does not have any more. */
  readonly has: (environment: string, row: Written) => boolean;
  /**
   * Whether the last one who wrote this row of the backup was one of them: its times may be those of the row that the writer has
   * read.
   */
  readonly haveChanged: (taskId: string) => boolean;
  /** Whether one of them made this row, and no other process has written it since: the gate that it waits for may be that of the lost table. */
  readonly haveMade: (taskId: string) => boolean;
} => {
  const atWork = new Set<string>();
  const older = new Set<string>();
  /** The highest revision of each row, and that of before the table was restored. */
  const highest = new Map<string, number>();
  const readable = new Map<string, number>();
  const changed = new Set<string>();
  const made = new Set<string>();
  const has = (environment: string, { taskId, revision }: Written): boolean =>
    older.has(environment) && revision <= (readable.get(taskId) ?? 0) + 1;
  return {
    invoked: (_flow, { environment }) => {
      atWork.add(environment);
      older.delete(environment);
    },
    ended: (_flow, _how, { environment }) => void atWork.delete(environment),
    restored: () => {
      for (const environment of atWork) older.add(environment);
      for (const [taskId, revision] of highest) readable.set(taskId, revision);
    },
    written: (before: Item | undefined, after, by) => {
      const row = { taskId: after.taskId?.S ?? '', revision: Number(after.revision?.N) };
      if (!older.has(by)) made.delete(row.taskId);
      else if (before === undefined) made.add(row.taskId);
      highest.set(row.taskId, Math.max(row.revision, highest.get(row.taskId) ?? 0));
      // It goes on with the row that it has written, which may have parts of two rows.
      const goesOn = older.has(by) && changed.has(row.taskId);
      if (before !== undefined && (has(by, row) || goesOn)) changed.add(row.taskId);
      else changed.delete(row.taskId);
    },
    has,
    haveChanged: (taskId) => changed.has(taskId),
    haveMade: (taskId) => made.has(taskId),
  };
};

interface Written {
  readonly taskId: string;
  readonly revision: number;
}
