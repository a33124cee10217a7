import { momentText } from './moment.ts';
import type { Launching, Queued, Running, Starting } from './task.ts';
import type { Hold, Stopping } from './task-parts.ts';
import { clockTime, lasting } from './times.ts';

// What a row waits for, as `davit list` and the attribute `waitingFor` say it. Times are those of `due.ts`.

/** A queued row whose doorbell was rung. */
export const rungSentence = ({ hold, run }: Queued, rungAt: number): string =>
  `${hold?.why ?? `run ${run} waits in davit.tasks`}; rung at ${clockTime(rungAt)}`;

/** A queued row whose next run has a delay. */
export const retrySentence = (task: Queued, at: number): string => {
  if (at === task.askedNotBefore)
    return `its message asks for a launch not before ${momentText(at)}`;
  const last = task.runs.at(-1);
  const after = last ? ` after ${last.why}` : '';
  const of = task.release ? ` of ${task.release.spec.attempts}` : '';
  return last?.verdict === 'tool' || last?.verdict === 'outOfMemory'
    ? `attempt ${task.attempts + 1}${of}${after}, at ${clockTime(at)}`
    : `run ${task.run}${after}, at ${clockTime(at)}`;
};

/** A queued row that is held. */
export const heldSentence = ({ why }: Hold, at: number): string =>
  `${why}; asked again at ${clockTime(at)}`;

/** A queued row that waits for a gate. */
export const gatedSentence = ({ why }: Hold): string => `${why}; asked again when that changes`;

/** A launch that ECS has not answered yet. */
export const askingSentence = ({ doubt, run, placement }: Launching, at: number): string => {
  const why = doubt
    ? `ECS has not said whether it accepted run ${run} (${doubt.why})`
    : `ECS is asked for run ${run} on ${placement}`;
  return `${why}; asked again at ${clockTime(at)}`;
};

/** A run that ECS does not find. */
export const missingSentence = (run: number, since: number): string =>
  `ECS has not found run ${run} since ${clockTime(since)}`;

/** A run that ECS has accepted. */
export const startingSentence = ({ run, placement, acceptedAt }: Starting, at: number): string =>
  `ECS is starting run ${run} on ${placement} since ${clockTime(acceptedAt)}; stopped if it does not run by ${clockTime(at)}`;

/** A run whose container runs. */
export const runningSentence = ({ run, startedAt, release }: Running): string =>
  `run ${run} runs since ${clockTime(startedAt)}; stopped after ${lasting(release.spec.timeoutMs)}`;

/** A run that is being stopped. */
export const stoppingSentence = (run: number, { why, at }: Stopping): string =>
  `run ${run} is being stopped (${why}) since ${clockTime(at)}`;

/** A row that the sweep failed on. */
export const deferredSentence = (why: string, until: number): string =>
  `${why}; the sweep failed on this row and tries again at ${clockTime(until)}`;
