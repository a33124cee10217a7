import type { Task } from '../shared/core/task.ts';
import type { Context } from './context.ts';
import { type LastLine, lastFailureOf, readLastLine } from './last-line.ts';
import { lateLines } from './tail.ts';

/** The last lines of a task that is followed. */
export interface LastLines {
  /** The last line of a run that has failed since this was last called; each run's log is read once. */
  readonly readNew: (task: Task) => Promise<LastLine | undefined>;
  /** Of the newest run that failed. */
  readonly newest: () => LastLine | undefined;
}

/** Reads each last line after the time that a log may lag. Where all lines are printed for a person, none is read. */
export const lastLineReader = (
  stand: Context,
  { json, logs }: { readonly json: boolean; readonly logs: boolean },
): LastLines => {
  let newest: LastLine | undefined;
  return {
    newest: () => newest,
    readNew: async (task) => {
      const failed = lastFailureOf(task);
      if (!failed || failed.run === newest?.run || (logs && !json)) return undefined;
      await lateLines(stand);
      newest = await readLastLine(task, failed, stand);
      return newest;
    },
  };
};
