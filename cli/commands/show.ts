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
import { withStop } from '../print/with-stop.ts';

/** `davit show`: one row as a story, or as it is stored. */
export const show = command({
  name: 'show',
  args: { task: { type: 'positional', required: true, description: 'The id of the task' } },
  notes: [
    '--json prints the row as the table has it, with its attribute names; `payload` is the message body as text',
    '(`payloadBase64` where it is not UTF-8), and `lastLine` what the run that failed wrote last, or null.',
    'The last line of a run that failed is read from its log: of a FAILED task, and of one that waits to be tried again.',
  ],
  codes: [codes.unknown],
  run: async (args, stand) => {
    checkTaskId(args.task, stand);
    const item = await tableOf(stand).item(args.task);
    if (!item) throw noSuchTask(args.task, stand);
    if (args.json) await printDocument(item, stand);
    else {
      const task = taskOf(item);
      const lastLine = await readLastLine(task, failedRunOf(task), stand);
      for (const line of showLines(task, stand.screen, { now: stand.now(), lastLine }))
        stand.out(line);
    }
    return codes.done;
  },
});

type Item = Readonly<Record<string, unknown>>;

const printDocument = async (item: Item, stand: Context): Promise<void> => {
  const lastLine = await lastLineIn(item, stand);
  if (lastLine && 'why' in lastLine) stand.remark(withStop(lastLine.why));
  const text = lastLine && 'text' in lastLine ? lastLine.text : null;
  stand.out(visibleJson({ ...rowDocument(item), lastLine: text }, 2));
};

// A row that this version cannot read is printed as it stands all the same.
const lastLineIn = async (item: Item, stand: Context): Promise<LastLine | undefined> => {
  let task: Task;
  try {
    task = taskOf(item);
  } catch {
    return undefined;
  }
  return await readLastLine(task, failedRunOf(task), stand);
};
