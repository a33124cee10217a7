import type { Queries } from '../shared/aws/queries.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { taskOf } from '../shared/wire/row.ts';
import { type Context, pauseMs } from './context.ts';

/** Reads the task's row; undefined while there is none. */
export const readTask = async (table: Queries, taskId: string): Promise<Task | undefined> => {
  const item = await table.item(taskId);
  return item && taskOf(item);
};

/** Reads the task again and again until it has ended, also while it has no row. On Ctrl-C it ends early and does not throw. */
export const watchTask = async function* (
  taskId: string,
  table: Queries,
  context: Context,
): AsyncGenerator<Task | undefined> {
  while (!context.signal.aborted) {
    const task = await readTask(table, taskId);
    yield task;
    if (task && isEnded(task)) return;
    await context.wait(pauseMs(context));
  }
};
