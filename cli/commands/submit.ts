import type { Queries } from '../../shared/aws/queries.ts';
import type { Submission } from '../../shared/core/request.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { checkTool } from '../check-tool.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { type Context, controlAt, tableOf } from '../context.ts';
import { followToEnd } from '../follow-to-end.ts';
import { withFullStop } from '../print/with-full-stop.ts';
import { submitFrom } from '../submit-from.ts';
import { fieldsOf, parseSubmission, readBody } from '../task-message.ts';
import { readTask } from '../watch-task.ts';
import { wholeNumber } from '../whole-number.ts';

/** `davit submit`: sends one message to davit.tasks through `control`. With --follow it shows the task until its end. */
export const submit = command({
  name: 'submit',
  args: {
    tool: { type: 'positional', required: true, description: 'The tool to run' },
    input: {
      type: 'string',
      description: 'The input of the tool: JSON, @file, or - for stdin',
      valueHint: 'json',
    },
    id: {
      type: 'string',
      description: 'The id of the task, which prevents duplicates (by default a new one)',
    },
    version: { type: 'string', description: 'Use this version instead of the live one' },
    tenant: { type: 'string', description: 'The tenant that the task belongs to' },
    priority: {
      type: 'string',
      description: '0 to 9 (0): orders the tasks that wait for the same tool, version or placement',
      valueHint: 'number',
    },
    cpu: {
      type: 'string',
      description: 'CPU units (1024 are one vCPU), within the bounds of the tool',
    },
    memory: {
      type: 'string',
      description: 'MiB of memory, within the bounds of the tool',
      valueHint: 'MiB',
    },
    timeout: {
      type: 'string',
      description: 'The longest time of a run, such as 90s or 15m, up to that of the tool',
      valueHint: 'time',
    },
    'not-before': {
      type: 'string',
      description: 'Launch it at this time, such as 2026-12-01T06:00:00Z, at most 14 days ahead',
      valueHint: 'time',
    },
    group: { type: 'string', description: 'A label for tasks that belong together' },
    from: {
      type: 'string',
      description:
        'Submit a task for each line of this file (- for stdin), a JSON object like {"input":{}}',
      valueHint: 'file',
    },
    strict: { type: 'boolean', description: 'With --from: stop at the first wrong line' },
    follow: { type: 'boolean', alias: 'f', description: 'Show the task until it ends' },
    logs: { type: 'boolean', description: 'With --follow: print also what its containers print' },
  },
  notes: [
    'It prints the id of the task. An id that already has a task starts nothing new: the same message is the same task',
    '(--follow follows it), and another message is refused.',
    'Ctrl-C stops following; the task goes on.',
    'With --from, a line has the fields of a message body, and may have an "id" and a "priority". Without an id it gets one',
    'from its content, so the same file again is the same tasks: to go on after a stop, run the same command again.',
    '--json prints {"taskId": ...}; with --follow JSON lines, each with a "kind": submitted, change, log, progress, lastLine, ended.',
  ],
  codes: [codes.failed, codes.cancelled, codes.rejected, codes.interrupted],
  run: async (args, context) => {
    if (args.logs && !args.follow) {
      throw new CommandError(
        codes.usage,
        '--logs works only with --follow: add --follow, or use `davit logs` later.',
      );
    }
    const priority = wholeNumber('--priority', args.priority, { least: 0, most: 9 }) ?? 0;
    if (args.from !== undefined) {
      refuseBeside(args);
      const fields = fieldsOf(args);
      await checkTool(args, context);
      const { from, tool, strict = false, json = false } = args;
      return await submitFrom({ from, tool, fields, priority, strict, json }, context);
    }
    if (args.strict) throw new CommandError(codes.usage, '--strict works only with --from.');
    const taskId = args.id ?? context.newId();
    const body = await readBody(args, context.readStdin);
    const submission = parseSubmission(taskId, body);
    const table = tableOf(context);
    const exists = args.id !== undefined && (await hasTask(submission, table));
    if (!exists) {
      await checkTool(args, context);
      await send(submission, { body, priority }, context);
    }
    reportSubmitted(
      taskId,
      { exists, json: args.json === true, follow: args.follow === true },
      context,
    );
    if (!args.follow) return codes.done;
    return await followToEnd(submission, table, context, {
      json: args.json === true,
      logs: args.logs === true,
    });
  },
});

/** With --from, each line has its own input and id, and no single task can be followed. */
const refuseBeside = (args: {
  readonly input?: string | undefined;
  readonly id?: string | undefined;
  readonly follow?: boolean | undefined;
}): void => {
  const other = (['input', 'id', 'follow'] as const).find((name) => args[name] !== undefined);
  if (other === undefined) return;
  const instead =
    other === 'follow'
      ? 'use `davit list` to see the tasks'
      : `write "${other}" into the lines of the file`;
  throw new CommandError(codes.usage, `--from cannot be used with --${other}: ${instead}.`);
};

const hasTask = async (submission: Submission, table: Queries): Promise<boolean> => {
  const task = await readTask(table, submission.taskId);
  if (!task) return false;
  if (task.digest === submission.digest) return true;
  throw new CommandError(
    codes.rejected,
    `Nothing was submitted: "${submission.taskId}" is already the id of another task (${task.phase}). Use another id.`,
  );
};

const send = async (
  { taskId }: Submission,
  message: { readonly body: string; readonly priority: number },
  context: Context,
): Promise<void> => {
  const answer = await controlAt(context)({ ask: 'submit', taskId, ...message });
  switch (answer.kind) {
    case 'submitted':
      return;
    case 'refused':
      throw new CommandError(codes.rejected, `Nothing was submitted. ${answer.reason}`);
    case 'failed':
      throw new CommandError(
        codes.error,
        `The broker did not confirm the message: ${withFullStop(answer.why)} Submit it again with --id ${taskId}: the task runs only once, even if both messages arrive.`,
      );
    case 'backlog':
    case 'tasks':
      throw new CommandError(
        codes.error,
        'The function control sent an answer that does not fit. Check that it is of the same version as this davit.',
      );
  }
};

const reportSubmitted = (
  taskId: string,
  how: { readonly exists: boolean; readonly json: boolean; readonly follow: boolean },
  context: Context,
): void => {
  if (how.exists)
    context.remark(
      `Task ${taskId} already exists, from the same message. Nothing new was submitted.`,
    );
  if (!how.json) context.print(taskId);
  else context.print(visibleJson(how.follow ? { kind: 'submitted', taskId } : { taskId }));
};
