import type { Task } from '../../shared/core/task.ts';
import { taskOf } from '../../shared/wire/row.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, tableOf } from '../context.ts';
import { failedRunOf, type LastLine, readLastLine } from '../last-line.ts';
import { checkTaskId, noSuchTask } from '../no-such-task.ts';
import { rowDocument } from '../print/row-document.ts';
import { showLines } from '../print/show.ts';
import { withFullStop } from '../print/with-full-stop.ts';

/** `davit show`: one row, described for people or printed as it is stored. */
export const show = command({
  name: 'show',
  args: { task: { type: 'positional', required: true, description: 'The id of the task' } },
  notes: [
    '--json prints the row with the attribute names of the table. `payload` is the message body as text (`payloadBase64`',
    'where it is not UTF-8), and `lastLine` is the last line that the failed run printed, or null.',
    'The last line is read from the log of the run, for a FAILED task and for a task that waits for its next attempt.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    checkTaskId(args.task, context);
    const item = await tableOf(context).item(args.task);
    if (!item) throw noSuchTask(args.task, context);
    if (args.json) await printDocument(item, context);
    else {
      const task = taskOf(item);
      const lastLine = await readLastLine(task, failedRunOf(task), context);
      for (const line of showLines(task, context.screen, { now: context.now(), lastLine }))
        context.print(line);
    }
    return codes.done;
  },
});

type Item = Readonly<Record<string, unknown>>;

const printDocument = async (item: Item, context: Context): Promise<void> => {
  const lastLine = await readLastLineOf(item, context);
  if (lastLine && 'why' in lastLine) context.remark(withFullStop(lastLine.why));
  const text = lastLine && 'text' in lastLine ? lastLine.text : null;
  context.print(visibleJson({ ...rowDocument(item), lastLine: text }, 2));
};

// A row that this version of davit cannot read is still printed, as it is stored.
const readLastLineOf = async (item: Item, context: Context): Promise<LastLine | undefined> => {
  let task: Task;
  try {
    task = taskOf(item);
  } catch {
    return undefined;
  }
  return await readLastLine(task, failedRunOf(task), context);
};
