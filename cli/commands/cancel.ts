import { present } from '../../shared/core/present.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { type AskedFor, askForTasks, codeOf } from '../ask-for-tasks.ts';
import { cancelGroup, openIn, withoutEnded } from '../cancel-group.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { isConfirmed } from '../confirmed.ts';
import type { Context } from '../context.ts';
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
    '--group reads every row that has not ended, and asks first. It reads the group again until it finds no more tasks, five times',
    'at most. A task of the group that ended meanwhile is refused, which is no error. One that comes later is not cancelled.',
    '--json prints {"tasks": [{"taskId", "how": "done", "refused" or "failed", "says"}]}.',
  ],
  codes: [codes.notFound, codes.rejected, codes.interrupted],
  run: async (args, context) => {
    const { why, group } = args;
    const ids =
      group === undefined ? named(args._, context) : await openIn(groupOf(args._, group), context);
    const mustAsk = group !== undefined && ids.length > 0 && !args.yes;
    if (mustAsk && !(await isConfirmed(sentenceOf(ids), 'use --yes', context))) {
      context.remark('Nothing was cancelled.');
      return codes.rejected;
    }
    const asked = await cancelled(ids, { group, why }, context);
    if (args.json) context.print(visibleJson({ tasks: asked.answers }, 2));
    else if (ids.length === 0) context.print('The group has no task that has not ended.');
    else for (const line of answerLines(asked.answers, context.screen)) context.print(line);
    if (asked.isStopped) context.remark(stoppedSentence(asked, ids));
    return codeOf(group === undefined ? asked : await withoutEnded(asked, context));
  },
});

const cancelled = async (
  ids: readonly string[],
  { group, why }: { readonly group: string | undefined; readonly why: string | undefined },
  context: Context,
): Promise<AskedFor> => {
  if (group !== undefined) return await cancelGroup({ group, why }, ids, context);
  return await askForTasks(
    ids,
    (taskIds) => ({ ask: 'cancel', taskIds, ...present({ why }) }),
    context,
  );
};

const named = (given: readonly string[], context: Context): readonly string[] => {
  const ids = [...new Set(given)];
  if (ids.length === 0)
    throw new CommandError(codes.usage, 'Name tasks, or --group. See `davit cancel --help`.');
  for (const id of ids) checkTaskId(id, context);
  return ids;
};

const groupOf = (given: readonly string[], text: string): string => {
  if (given.length > 0)
    throw new CommandError(codes.usage, 'Name either tasks or --group. See `davit cancel --help`.');
  return groupNamed(text);
};

const sentenceOf = ({ length }: readonly string[]): string =>
  `This cancels ${length} ${length === 1 ? 'task' : 'tasks'}.`;

// Further passes over a group may have found more tasks than there were at first.
const stoppedSentence = ({ answers }: AskedFor, { length }: readonly string[]): string =>
  answers.length < length
    ? `Stopped after ${answers.length} of ${length} tasks.`
    : `Stopped after ${answers.length} tasks.`;
