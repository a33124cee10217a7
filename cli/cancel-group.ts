import { present } from '../shared/core/present.ts';
import { openPhases } from '../shared/wire/listed.ts';
import { type AskedFor, askForTasks } from './ask-for-tasks.ts';
import { type Context, tableOf } from './context.ts';
import { runUntilStopped } from './run-until-stopped.ts';

/** What is cancelled: a group, and the reason for its publishers. */
export interface GroupCancel {
  readonly group: string;
  readonly why?: string | undefined;
}

/** A group is read so many times. A publisher that goes on sending could otherwise keep the command busy for ever. */
const mostPasses = 5;
/** Rows that are read in a call. */
const pageSize = 100;

/** The ids of the tasks of a group that have not ended. A task that moves while its group is read may be missing. */
export const openIn = async (group: string, context: Context): Promise<readonly string[]> => {
  const { rows } = await tableOf(context).group({ group });
  return [...new Set(rows.map(({ taskId }) => taskId))];
};

/**
 * Cancels the tasks of a group: those that were found first, and those that further passes find. Remarks what each pass finds, and
 * what is left after the last one.
 */
export const cancelGroup = async (
  { group, why }: GroupCancel,
  first: readonly string[],
  context: Context,
): Promise<AskedFor> => {
  const known = new Set<string>();
  const answers: AskedFor['answers'][number][] = [];
  let ids = first;
  for (let pass = 0; pass < mostPasses && ids.length > 0; pass += 1) {
    if (pass > 0) context.remark(foundSentence(ids));
    const asked = await askForTasks(
      ids,
      (taskIds) => ({ ask: 'cancel', taskIds, ...present({ why }) }),
      context,
    );
    answers.push(...asked.answers);
    for (const taskId of ids) known.add(taskId);
    const open = asked.isStopped
      ? undefined
      : await runUntilStopped(context, () => openIn(group, context));
    if (open === undefined) return { answers, isStopped: true };
    ids = open.filter((taskId) => !known.has(taskId));
  }
  if (ids.length > 0) context.remark(leftSentence(ids));
  return { answers, isStopped: false };
};

/** The same without refusals of tasks that have ended meanwhile: nothing is left to do for them. */
export const withoutEnded = async (asked: AskedFor, context: Context): Promise<AskedFor> => {
  if (asked.isStopped) return asked;
  const refused = asked.answers.filter(({ how }) => how === 'refused').map(({ taskId }) => taskId);
  const ended = new Set<unknown>();
  for (let from = 0; from < refused.length; from += pageSize) {
    const part = refused.slice(from, from + pageSize);
    for (const { taskId, phase } of await tableOf(context).attributes(part, ['taskId', 'phase']))
      if (!openPhases.some((open) => open === phase)) ended.add(taskId);
  }
  const isError = ({ taskId, how }: AskedFor['answers'][number]) =>
    how !== 'refused' || !ended.has(taskId);
  return { ...asked, answers: asked.answers.filter(isError) };
};

const foundSentence = ({ length }: readonly string[]): string =>
  length === 1
    ? '1 more task of the group was found.'
    : `${length} more tasks of the group were found.`;

const leftSentence = ({ length }: readonly string[]): string =>
  length === 1
    ? '1 task of the group that was found since is not cancelled. The same command cancels it.'
    : `${length} tasks of the group that were found since are not cancelled. The same command cancels them.`;
