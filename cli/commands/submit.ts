import type { Queries } from '../../shared/aws/queries.ts';
import type { Submission } from '../../shared/core/request.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { bodyOf, submissionFrom } from '../asked-task.ts';
import { checkTool } from '../check-tool.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, controlAt, tableOf } from '../context.ts';
import { readTask } from '../follow.ts';
import { followToEnd } from '../follow-to-end.ts';
import { wholeNumber } from '../numbers.ts';
import { withStop } from '../print/with-stop.ts';
import { Trouble } from '../trouble.ts';

/** `davit submit`: one message to davit.tasks, by way of `control`; with --follow, to the end of its task. */
export const submit = command({
  name: 'submit',
  args: {
    tool: { type: 'positional', required: true, description: 'The tool that is to run' },
    input: {
      type: 'string',
      description: 'What the tool gets: JSON, @file, or - for stdin',
      valueHint: 'json',
    },
    id: {
      type: 'string',
      description: 'The id of the task, the key against duplicates (a new one)',
    },
    version: { type: 'string', description: 'This version instead of the live one' },
    tenant: { type: 'string', description: 'On whose behalf' },
    priority: {
      type: 'string',
      description: '0 to 9 (0); kept in the row, orders nothing until limits exist',
      valueHint: 'number',
    },
    cpu: { type: 'string', description: "CPU units (1024 are one vCPU), within the tool's bounds" },
    memory: {
      type: 'string',
      description: "MiB of memory, within the tool's bounds",
      valueHint: 'MiB',
    },
    follow: { type: 'boolean', alias: 'f', description: 'Show the task to its end' },
    logs: { type: 'boolean', description: 'With --follow: what its containers print, too' },
  },
  notes: [
    'It prints the id of the task. An id that has a task already starts nothing new: with the same message it is the',
    'same task (and --follow follows it), with another it is refused.',
    'Ctrl-C while following only stops following.',
    '--json prints {"taskId": ...}; with --follow JSON lines, each with a "kind": submitted, change, log, ended.',
  ],
  codes: [codes.failed, codes.cancelled, codes.rejected, codes.stopped],
  run: async (args, stand) => {
    if (args.logs && !args.follow) {
      throw new Trouble(codes.usage, '--logs is for --follow: add it, or use `davit logs` later.');
    }
    const taskId = args.id ?? stand.newId();
    const priority = wholeNumber('--priority', args.priority, { least: 0, most: 9 }) ?? 0;
    const body = await bodyOf(args, stand.readStdin);
    const submission = submissionFrom(taskId, body);
    const table = tableOf(stand);
    const isThere = args.id !== undefined && (await isTaskAlready(submission, table));
    if (!isThere) {
      await checkTool(args, stand);
      await send(submission, { body, priority }, stand);
    }
    tellSubmitted(
      taskId,
      { isThere, json: args.json === true, follow: args.follow === true },
      stand,
    );
    if (!args.follow) return codes.done;
    return await followToEnd(submission, table, stand, {
      json: args.json === true,
      logs: args.logs === true,
    });
  },
});

const isTaskAlready = async (submission: Submission, table: Queries): Promise<boolean> => {
  const task = await readTask(table, submission.taskId);
  if (!task) return false;
  if (task.digest === submission.digest) return true;
  throw new Trouble(
    codes.rejected,
    `Nothing was submitted: "${submission.taskId}" is the id of another task already (${task.phase}). Take another id.`,
  );
};

const send = async (
  { taskId }: Submission,
  message: { readonly body: string; readonly priority: number },
  stand: Context,
): Promise<void> => {
  const answer = await controlAt(stand)({ ask: 'submit', taskId, ...message });
  switch (answer.kind) {
    case 'submitted':
      return;
    case 'refused':
      throw new Trouble(codes.rejected, `Nothing was submitted. ${answer.reason}`);
    case 'failed':
      throw new Trouble(
        codes.trouble,
        `The broker did not confirm the message: ${withStop(answer.why)} Submit it again with --id ${taskId}: it runs once at the most.`,
      );
    case 'backlog':
      throw new Trouble(
        codes.trouble,
        'control answered another question: is it the same version as this command?',
      );
  }
};

const tellSubmitted = (
  taskId: string,
  how: { readonly isThere: boolean; readonly json: boolean; readonly follow: boolean },
  stand: Context,
): void => {
  if (how.isThere)
    stand.remark(
      `Task ${taskId} is there already, from the same message: nothing new was submitted.`,
    );
  if (!how.json) stand.out(taskId);
  else stand.out(visibleJson({ ...(how.follow ? { kind: 'submitted' } : {}), taskId }));
};
