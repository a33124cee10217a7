import type { Redriven } from '../../shared/core/control.ts';
import { present } from '../../shared/core/present.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { askForTasks, codeOf } from '../ask-for-tasks.ts';
import { type Code, codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { isConfirmed } from '../confirmed.ts';
import { type Context, tableOf } from '../context.ts';
import { deadRows, reasonOf, type Wanted } from '../dead-rows.ts';
import { checkTaskId } from '../no-such-task.ts';
import { answerLines } from '../print/answers.ts';

/** Named one by one, so many tasks are redriven without a question. */
const mostUnasked = 20;

/** `davit redrive`: runs dead tasks again, those that are named or those of a tool. */
export const redrive = command({
  name: 'redrive',
  args: {
    task: {
      type: 'positional',
      required: false,
      description: 'The id of a task; more ids may follow',
    },
    tool: { type: 'string', description: 'All FAILED and REJECTED tasks of this tool' },
    reason: {
      type: 'string',
      description: 'With --tool: only reasons that contain this text',
      valueHint: 'text',
    },
    'dry-run': { type: 'boolean', description: 'Only show which tasks would be redriven' },
    yes: { type: 'boolean', description: 'Do not ask' },
    'same-version': {
      type: 'boolean',
      description: 'Keep the version of the last run, instead of the one that is live',
    },
  },
  isRepeated: true,
  notes: [
    'A redriven task keeps its id, its runs go on rising, and its budgets are new. Only FAILED and REJECTED tasks are redriven.',
    'Twice is once: each task is redriven only if its last run still is the one that this command has read. So after Ctrl-C the',
    'same command goes on. The sweep rings for many tasks at a pace that ECS can take: 1,200 in a minute.',
    '--json prints {"isDryRun", "tasks": [{"taskId", "how": "done", "refused", "failed" or "found", "says"}]}.',
  ],
  codes: [codes.notFound, codes.rejected, codes.interrupted],
  run: async (args, context) => {
    const ids = [...new Set(args._)];
    checkChoice(ids, args);
    const json = args.json === true;
    const tasks = args.tool === undefined ? await named(ids, context) : await found(args, context);
    if (args['dry-run']) return showFound(tasks, json, context);
    const isMany = args.tool !== undefined || tasks.length > mostUnasked;
    const mustAsk = tasks.length > 0 && isMany && !args.yes;
    const otherwise = 'use --yes, or --dry-run to see them';
    if (mustAsk && !(await isConfirmed(sentenceOf(tasks), otherwise, context))) {
      context.remark('Nothing was redriven.');
      return codes.rejected;
    }
    const sameVersion = args['same-version'] === true;
    const asked = await askForTasks(
      tasks.map(({ taskId, run }): Redriven => ({ taskId, ...present({ run }) })),
      (part) => ({ ask: 'redrive', tasks: part, sameVersion }),
      context,
    );
    if (json) context.print(visibleJson({ isDryRun: false, tasks: asked.answers }, 2));
    else if (tasks.length === 0) context.print('No such task is FAILED or REJECTED.');
    else for (const line of answerLines(asked.answers, context.screen)) context.print(line);
    if (asked.isStopped)
      context.remark(
        `Stopped after ${asked.answers.length} of ${tasks.length} tasks. The same command goes on with the others.`,
      );
    return codeOf(asked);
  },
});

/** A task that may be redriven, as it was read. */
interface Found extends Redriven {
  readonly why: string;
}

const checkChoice = (ids: readonly string[], { tool, reason }: Wanted): void => {
  const fault =
    ids.length > 0 === (tool !== undefined)
      ? 'Name either tasks or --tool.'
      : reason !== undefined && tool === undefined
        ? '--reason works only with --tool.'
        : undefined;
  if (fault !== undefined)
    throw new CommandError(codes.usage, `${fault} See \`davit redrive --help\`.`);
};

/** The run of each task is read first, so that the same request a second time changes nothing. */
const named = async (ids: readonly string[], context: Context): Promise<readonly Found[]> => {
  for (const id of ids) checkTaskId(id, context);
  const table = tableOf(context);
  const tasks: Found[] = [];
  for (const taskId of ids) {
    const item = await table.item(taskId);
    const run = typeof item?.run === 'number' ? item.run : undefined;
    const why = item === undefined ? 'there is no such task' : `it is ${String(item.phase)}`;
    tasks.push({ taskId, why, ...present({ run }) });
  }
  return tasks;
};

const found = async (wanted: Wanted, context: Context): Promise<readonly Found[]> =>
  (await deadRows(wanted, context)).map((row) => ({
    taskId: row.taskId,
    run: row.run,
    why: reasonOf(row),
  }));

const showFound = (tasks: readonly Found[], json: boolean, context: Context): Code => {
  const rows = tasks.map(({ taskId, why }) => ({ taskId, how: 'found' as const, says: why }));
  if (json) context.print(visibleJson({ isDryRun: true, tasks: rows }, 2));
  else {
    for (const { taskId, says } of rows) context.print(`${taskId}  ${says}`);
    context.print(`${rows.length} tasks would be redriven.`);
  }
  return codes.done;
};

const sentenceOf = ({ length }: readonly Found[]): string =>
  `This redrives ${length} ${length === 1 ? 'task' : 'tasks'}.`;
