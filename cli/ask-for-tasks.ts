import type { ControlAnswer, ControlRequest, TaskAnswer } from '../shared/core/control.ts';
import { type Code, codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import { type Context, controlAt } from './context.ts';
import { withFullStop } from './print/with-full-stop.ts';
import { runUntilStopped } from './run-until-stopped.ts';

/** What was asked for tasks, and how far that came. */
export interface AskedFor {
  readonly answers: readonly TaskAnswer[];
  /** Ctrl-C ended it before all tasks were asked for. */
  readonly isStopped: boolean;
}

/** So many tasks are in one request to `control`. */
const inPart = 100;

/**
 * Sends a request for tasks to `control`, in parts, and remarks how far it has come. Ctrl-C ends it between two parts. Throws when
 * `control` cannot be asked; the same command may then be repeated.
 */
export const askForTasks = async <Item>(
  items: readonly Item[],
  requestOf: (part: readonly Item[]) => ControlRequest,
  context: Context,
): Promise<AskedFor> => {
  const ask = controlAt(context);
  const answers: TaskAnswer[] = [];
  for (let from = 0; from < items.length; from += inPart) {
    const part = items.slice(from, from + inPart);
    const answer = context.signal.aborted
      ? undefined
      : await runUntilStopped(context, () => ask(requestOf(part)));
    if (answer === undefined) return { answers, isStopped: true };
    if (answer.kind !== 'tasks') throw new CommandError(codes.error, faultOf(answer));
    answers.push(...answer.tasks);
    const done = from + part.length;
    if (done < items.length) context.remark(`${done} of ${items.length} tasks so far.`);
  }
  return { answers, isStopped: false };
};

/** The exit code: the worst of the answers. */
export const codeOf = ({ answers, isStopped }: AskedFor): Code => {
  if (isStopped) return codes.interrupted;
  if (answers.some(({ how }) => how === 'failed')) return codes.error;
  return answers.some(({ how }) => how === 'refused') ? codes.rejected : codes.done;
};

const faultOf = (answer: ControlAnswer): string => {
  if (answer.kind === 'refused') return withFullStop(answer.reason);
  if (answer.kind === 'failed') return withFullStop(answer.why);
  return 'The function control sent an answer that does not fit. Check that it is of the same version as this davit.';
};
