import { isEnded, type Task } from '../shared/core/task.ts';
import { type Context, logsAt } from './context.ts';
import { type Change, changesOf } from './print/changes.ts';
import type { Printer } from './print/printer.ts';
import { tailOf, taskTailOf, waitForLateLines } from './tail.ts';

/** Prints what is new about a task. */
export type Report = (task: Task) => Promise<void>;

/** Prints what has changed since the last read. The lines of a container come after its start and before its end. */
export const reporter = (
  printer: Printer,
  { printLogs, printLastLine }: { readonly printLogs: Report; readonly printLastLine: Report },
): Report => {
  let last: Task | undefined;
  return async (task) => {
    const [before, after] = splitAtStop(changesOf(last, task));
    last = task;
    for (const change of before) printer.change(change);
    await printLogs(task);
    for (const change of after) printer.change(change);
    await printLastLine(task);
  };
};

/** Prints the new log lines of a task, and waits for its last ones when it has ended. */
export const logPrinter = (context: Context, printer: Printer): Report => {
  const tail = taskTailOf(tailOf(logsAt(context)), 'first');
  const printNew = async (task: Task): Promise<void> => {
    for (const { run, lines } of await tail(task)) {
      for (const line of lines) printer.log(run, line);
    }
  };
  return async (task) => {
    await printNew(task);
    if (!isEnded(task)) return;
    await waitForLateLines(context);
    await printNew(task);
  };
};

const splitAtStop = (
  changes: readonly Change[],
): readonly [readonly Change[], readonly Change[]] => {
  const stop = changes.findIndex((change) => change.isStop);
  return stop < 0 ? [changes, []] : [changes.slice(0, stop), changes.slice(stop)];
};
