import type { Task } from '../shared/core/task.ts';
import type { Context } from './context.ts';
import { type LastLine, lastFailureOf, readLastLine } from './last-line.ts';
import { waitForLateLines } from './tail.ts';

/** The last lines of the failed runs of a task that is followed. */
export interface LastLines {
  /** Reads the last line of a run that has failed since the last call. Each run's log is read once. */
  readonly readNew: (task: Task) => Promise<LastLine | undefined>;
  /** The last line of the newest run that failed. */
  readonly newest: () => LastLine | undefined;
}

/** Waits until late log lines are there, then reads the last one. It reads nothing where all lines are printed for a person. */
export const lastLineReader = (
  context: Context,
  { json, logs }: { readonly json: boolean; readonly logs: boolean },
): LastLines => {
  let newest: LastLine | undefined;
  return {
    newest: () => newest,
    readNew: async (task) => {
      const failed = lastFailureOf(task);
      if (!failed || failed.run === newest?.run || (logs && !json)) return undefined;
      await waitForLateLines(context);
      newest = await readLastLine(task, failed, context);
      return newest;
    },
  };
};
