import type { Item, Watchers } from '../watchers.ts';

/**
 * The environments that worked on an invocation when the table was restored. What they have read may be newer than the backup, and a
 * revision comes twice: they may write over a row that they have not read (docs/guarantees.md, case 6).
 */
export const olderWritersOf = (): Pick<Watchers, 'invoked' | 'ended' | 'restored' | 'written'> & {
  readonly has: (environment: string) => boolean;
  /** Whether one of them has changed this row of the backup: its times may be those of the row that the writer has read. */
  readonly haveChanged: (taskId: string) => boolean;
} => {
  const atWork = new Set<string>();
  const older = new Set<string>();
  const changed = new Set<string>();
  return {
    invoked: (_flow, { environment }) => {
      atWork.add(environment);
      older.delete(environment);
    },
    ended: (_flow, _how, { environment }) => void atWork.delete(environment),
    restored: () => {
      for (const environment of atWork) older.add(environment);
    },
    written: (before: Item | undefined, { taskId }, by) => {
      if (before !== undefined && older.has(by)) changed.add(taskId?.S ?? '');
    },
    has: (environment) => older.has(environment),
    haveChanged: (taskId) => changed.has(taskId),
  };
};
