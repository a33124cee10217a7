import type { Queries } from '../shared/aws/queries.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { taskOf } from '../shared/wire/row.ts';
import { type Code, codes } from './codes.ts';
import { type Context, pauseMs } from './context.ts';

/** The task as its row has it now; undefined while there is no row. */
export const readTask = async (table: Queries, taskId: string): Promise<Task | undefined> => {
  const item = await table.item(taskId);
  return item && taskOf(item);
};

/** Looks at the task again and again until it has ended; also while it has no row. Ends early, without a word, on Ctrl-C. */
export const looks = async function* (
  taskId: string,
  table: Queries,
  stand: Context,
): AsyncGenerator<Task | undefined> {
  while (!stand.signal.aborted) {
    const task = await readTask(table, taskId);
    yield task;
    if (task && isEnded(task)) return;
    await stand.wait(pauseMs(stand));
  }
};

/** What was under way when Ctrl-C came ends without a word, like what was waited for between two calls. */
export const unlessStopped = async <T>(
  { signal }: Context,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
};

/** What a script is told of how a task ended. */
export const codeOfEnd = (task: Task): Code => {
  switch (task.phase) {
    case 'SUCCEEDED':
      return codes.done;
    case 'CANCELLED':
      return codes.cancelled;
    case 'REJECTED':
      return codes.rejected;
    default:
      return codes.failed;
  }
};
