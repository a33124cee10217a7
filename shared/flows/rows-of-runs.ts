import type { Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import type { Tasks } from '../ports.ts';
import { eachAtMost } from './pace.ts';
import { orUnreadable } from './with-row.ts';

const atOnce = 20;

type Named = Pick<Task, 'taskId' | 'run'>;

/** The rows of these runs, read consistently; without those that this version cannot read. Throws when the table cannot be reached. */
export const rowsOf = async <Run extends Named>(
  { tasks }: { readonly tasks: Pick<Tasks, 'read'> },
  runs: readonly Run[],
): Promise<readonly { readonly run: Run; readonly row: Task | undefined }[]> => {
  const read = await eachAtMost(runs, atOnce, async (run) => ({
    run,
    row: await orUnreadable(tasks.read(run.taskId)),
  }));
  return read.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    const { run, row } = one.value;
    // A row that cannot be read may have a run: its place stays.
    return row instanceof UnreadableRow ? [] : [{ run, row }];
  });
};
