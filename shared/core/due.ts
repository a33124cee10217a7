import { type OutboxKind, outboxDue } from './outbox-due.ts';
import { spread } from './spread.ts';
import type { CurrentTask, Launching, Queued, Running, Starting, Task } from './task.ts';
import { isEnded } from './task.ts';
import type { Hold } from './task-parts.ts';
import {
  dispatchTimeoutMs,
  gateLostMs,
  holdMs,
  launchAgainMs,
  launchGraceMs,
  missingMs,
  ringAgainMs,
  stopAgainMs,
  stopOverdueMs,
} from './times.ts';
import {
  askingSentence,
  deferredSentence,
  gatedSentence,
  heldSentence,
  missingSentence,
  retrySentence,
  rungSentence,
  runningSentence,
  startingSentence,
  stoppingSentence,
} from './waiting-sentence.ts';

/**
 * A time in a row may be this much later than the row's last write: the longest `startWithin` after the latest `notBefore`
 * of a message is 28 days. Davit never writes a later time, and a row with one would wait without notice.
 */
export const furthestMs = 31 * 24 * 60 * 60_000;

/**
 * A row's own times: `ring` is the first doorbell of a run, `again` a repeated doorbell, `held` a doorbell that asks
 * whether a hold has opened, and `act` is everything else.
 */
export type OwnKind = 'act' | 'ring' | 'held' | 'again';
/** Rows of each kind are found apart from the others, so that no kind delays another. */
export type DueKind = OwnKind | OutboxKind;

/** When the sweep must visit a row again, and what the row waits for. */
export interface Due<Kind extends DueKind = DueKind> {
  readonly at: number;
  readonly why: string;
  readonly kind: Kind;
}

/**
 * When a row is due. A row that has not ended is due at a time of its own; its outbox is tried at the times of
 * `outboxDue`. A row that has ended is due as long as its outbox holds something.
 */
export const due = (task: Task): Due | undefined => {
  const own = ownDue(task);
  const outbox = outboxDue(task);
  if (own === undefined) return outbox && { ...outbox, why: `it has ended; ${outbox.why}` };
  return outbox ? { ...own, why: `${own.why}; ${outbox.why}` } : own;
};

/** The next of the row's own times, whatever its outbox holds; undefined for a row that has ended. */
export const ownDue = (task: Task): Due<OwnKind> | undefined => {
  if (isEnded(task)) return undefined;
  const found = dueOfPhase(task);
  const { deferredUntil } = task;
  if (deferredUntil === undefined || deferredUntil <= found.at) return found;
  return { why: deferredSentence(found.why, deferredUntil), kind: 'act', at: deferredUntil };
};

/**
 * Whether the delay before a run still lasts. It is over once the doorbell was rung after it, even where the clock of
 * another function says otherwise.
 */
export const isDelayed = ({ notBefore, rungAt }: Queued, now: number): boolean =>
  notBefore !== undefined && now < notBefore && (rungAt === undefined || rungAt < notBefore);

/** When the doorbell of a queued row is rung (again), and what the row waits for. */
export const ringDue = (task: Queued): { readonly at: number; readonly why: string } => {
  const { rungAt, notBefore, hold } = task;
  if (rungAt !== undefined) {
    return { at: rungAt + ringAgainMs(task.rings), why: rungSentence(task, rungAt) };
  }
  if (notBefore !== undefined) return { at: notBefore, why: retrySentence(task, notBefore) };
  if (hold) {
    if (hold.opensAt === undefined)
      return { at: gateLostAt(task.taskId, hold), why: gatedSentence(hold) };
    const at = Math.min(hold.opensAt, hold.since + holdMs);
    return { at, why: heldSentence(hold, at) };
  }
  return { at: task.queuedAt, why: `run ${task.run} waits to be launched` };
};

/** The gate rings for the row long before; rows that lost their gate are spread over hours. */
const gateLostAt = (taskId: string, { since }: Hold): number =>
  since + gateLostMs + spread(taskId, gateLostMs);

const dueOfPhase = (task: Queued | CurrentTask): Due<OwnKind> => {
  switch (task.phase) {
    case 'QUEUED':
      return queuedDue(task);
    case 'LAUNCHING':
      return launchingDue(task);
    case 'STARTING':
      return startingDue(task);
    case 'RUNNING':
      return runningDue(task);
  }
};

const queuedDue = (task: Queued): Due<OwnKind> => {
  const ring = ringDue(task);
  return ring.at < task.startBy
    ? { ...ring, kind: ringKind(task) }
    : { at: task.startBy, why: `${ring.why}; it fails if it does not run by then`, kind: 'act' };
};

const ringKind = ({ rungAt, notBefore, hold }: Queued): OwnKind => {
  if (rungAt !== undefined) return 'again';
  return hold && notBefore === undefined ? 'held' : 'ring';
};

const launchingDue = (task: Launching): Due<OwnKind> => {
  const { doubt, launchOrder, missingSince } = task;
  // The token of this launch has expired: the run is searched for by name, twice.
  const missing = missingSince === undefined ? undefined : missingDue(task, missingSince);
  const asked = doubt
    ? doubt.at + launchAgainMs
    : launchOrder.intendedAt + dispatchTimeoutMs + launchGraceMs;
  const next = missing?.at ?? asked;
  const at = task.stopping ? next : Math.min(next, task.startBy);
  return missing ? { ...missing, at } : { at, why: askingSentence(task, at), kind: 'act' };
};

const startingDue = (task: Starting): Due<OwnKind> => {
  const at = Math.min(task.acceptedAt + task.release.spec.startTimeoutMs, task.startBy);
  return acceptedDue(task, { at, why: startingSentence(task, at) });
};

const runningDue = (task: Running): Due<OwnKind> => {
  const at = task.startedAt + task.release.spec.timeoutMs;
  return acceptedDue(task, { at, why: runningSentence(task) });
};

const acceptedDue = (
  task: Starting | Running,
  own: { readonly at: number; readonly why: string },
): Due<OwnKind> => {
  const { stopping, missingSince } = task;
  const next = stopping
    ? { at: stopping.askedAt + stopWaitMs(task), why: stoppingSentence(task.run, stopping) }
    : own;
  const missing = missingSince === undefined ? undefined : missingDue(task, missingSince);
  return missing && missing.at < next.at ? missing : { ...next, kind: 'act' };
};

// While the outbox holds the stop, it is tried from there. Ten thousand stops that wait for ECS's pace must not delay other acts.
const stopWaitMs = ({ outbox, ecsTaskArn }: Starting | Running): number =>
  outbox.some((effect) => effect.kind === 'stop' && effect.ecsTaskArn === ecsTaskArn)
    ? stopOverdueMs
    : stopAgainMs;

const missingDue = ({ run }: CurrentTask, since: number): Due<OwnKind> => ({
  at: since + missingMs,
  why: missingSentence(run, since),
  kind: 'act',
});
