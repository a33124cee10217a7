import { taskOf } from '../../shared/wire/row.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { rowDocument } from '../print/row-document.ts';
import { showLines } from '../print/show.ts';
import { tableOf } from '../stand.ts';
import { checkTaskId, noSuchTask } from '../unknown.ts';

/** `davit show`: one row as a story, or as it is stored. */
export const show = command({
  name: 'show',
  args: { task: { type: 'positional', required: true, description: 'The id of the task' } },
  notes: [
    '--json prints the row as the table has it, with its attribute names; `payload` is the message body as text',
    '(`payloadBase64` where it is not UTF-8).',
  ],
  codes: [codes.unknown],
  run: async (args, stand) => {
    checkTaskId(args.task, stand);
    const item = await tableOf(stand).item(args.task);
    if (!item) throw noSuchTask(args.task, stand);
    if (args.json) stand.out(JSON.stringify(rowDocument(item), null, 2));
    else for (const line of showLines(taskOf(item), stand.screen, stand.now())) stand.out(line);
    return codes.done;
  },
});
