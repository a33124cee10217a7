import { logStreamOf } from '../shared/core/log-stream.ts';
import type { LineOf } from '../shared/core/run-lines.ts';
import type { Task } from '../shared/core/task.ts';
import { isRefused, spokenLineOf } from '../shared/wire/spoken-line.ts';
import { type Context, logEndAt } from './context.ts';

/** How far a run is, as its tool says. */
export interface Progress extends Pick<LineOf<'progress'>, 'at' | 'fraction' | 'step'> {
  readonly run: number;
}

// GetLogEvents takes ten calls a second in an account: a person who watches needs one in two seconds.
const pauseMs = 2_000;
const linesRead = 50;

/**
 * Reads how far the run of a task is, from the last `DAVIT_PROGRESS` in the end of its log. Undefined where there is nothing
 * new, and where the log cannot be read: the task is followed all the same.
 */
export const progressReader = (
  context: Context,
): ((task: Task) => Promise<Progress | undefined>) => {
  let readAt = Number.NEGATIVE_INFINITY;
  let last = 0;
  return async (task) => {
    if (task.phase !== 'RUNNING' || context.now() - readAt < pauseMs) return undefined;
    readAt = context.now();
    const { run, ecsTaskArn } = task;
    const lines = await logEndAt(context)(logStreamOf(ecsTaskArn), linesRead).catch(() => []);
    const said = (lines ?? [])
      .flatMap(({ at, text }) => spokenLineOf({ id: '', at, message: text }) ?? [])
      .findLast((line) => !isRefused(line) && line.kind === 'progress' && line.at > last);
    if (said === undefined || isRefused(said) || said.kind !== 'progress') return undefined;
    last = said.at;
    return { ...said, run };
  };
};
