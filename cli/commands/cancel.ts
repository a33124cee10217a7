import { present } from '../../shared/core/present.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { askForTasks, codeOf } from '../ask-for-tasks.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { isConfirmed } from '../confirmed.ts';
import { type Context, tableOf } from '../context.ts';
import { groupNamed } from '../group-named.ts';
import { checkTaskId } from '../no-such-task.ts';
import { answerLines } from '../print/answers.ts';

/** `davit cancel`: cancels tasks, and prints what happens to each of them. */
export const cancel = command({
  name: 'cancel',
  args: {
    task: {
      type: 'positional',
      required: false,
      description: 'The id of the task; more ids may follow',
    },
    group: { type: 'string', description: 'All tasks of this group that have not ended' },
    yes: { type: 'boolean', description: 'With --group: do not ask' },
    why: {
      type: 'string',
      description: 'The reason, which the row and the publisher get',
      valueHint: 'sentence',
    },
  },
  isRepeated: true,
  notes: [
    'A queued task is CANCELLED at once. A running one is CANCELLED when ECS shows its container stopped; when it ends with',
    'success before that, it is SUCCEEDED. An id without a row is remembered for 14 days: when its message comes, the task is',
    'cancelled at once. A second cancel changes nothing.',
    '--group reads every row that has not ended, and asks first. A task of the group that comes later is not cancelled.',
    '--json prints {"tasks": [{"taskId", "how": "done", "refused" or "failed", "says"}]}.',
  ],
  codes: [codes.notFound, codes.rejected, codes.interrupted],
  run: async (args, context) => {
    const { why, group } = args;
    const ids =
      group === undefined ? named(args._, context) : await inGroup(args._, group, context);
    const mustAsk = group !== undefined && ids.length > 0 && !args.yes;
    if (mustAsk && !(await isConfirmed(sentenceOf(ids), 'use --yes', context))) {
      context.remark('Nothing was cancelled.');
      return codes.rejected;
    }
    const asked = await askForTasks(
      ids,
      (taskIds) => ({ ask: 'cancel', taskIds, ...present({ why }) }),
      context,
    );
    if (args.json) context.print(visibleJson({ tasks: asked.answers }, 2));
    else if (ids.length === 0) context.print('The group has no task that has not ended.');
    else for (const line of answerLines(asked.answers, context.screen)) context.print(line);
    if (asked.isStopped)
      context.remark(`Stopped after ${asked.answers.length} of ${ids.length} tasks.`);
    return codeOf(asked);
  },
});

const named = (given: readonly string[], context: Context): readonly string[] => {
  const ids = [...new Set(given)];
  if (ids.length === 0)
    throw new CommandError(codes.usage, 'Name tasks, or --group. See `davit cancel --help`.');
  for (const id of ids) checkTaskId(id, context);
  return ids;
};

const inGroup = async (
  given: readonly string[],
  text: string,
  context: Context,
): Promise<readonly string[]> => {
  if (given.length > 0)
    throw new CommandError(codes.usage, 'Name either tasks or --group. See `davit cancel --help`.');
  const { rows } = await tableOf(context).group({ group: groupNamed(text) });
  return rows.map(({ taskId }) => taskId);
};

const sentenceOf = ({ length }: readonly string[]): string =>
  `This cancels ${length} ${length === 1 ? 'task' : 'tasks'}.`;
