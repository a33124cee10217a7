import type { Effect } from './effect.ts';
import type { CurrentTask, Launching, Queued, Running, Starting, Task } from './task.ts';
import { isEnded } from './task.ts';
import {
  clockTime,
  dispatchTimeoutMs,
  holdMs,
  lasting,
  launchAgainMs,
  launchGraceMs,
  missingMs,
  outboxMs,
  replyMs,
  ringAgainMs,
  stopAgainMs,
} from './times.ts';

/**
 * So much later than its last write may a time of a row be: the longest `startWithin` after the longest delay are 15 days.
 * What is further away was written by no Davit, and would let the row wait in silence.
 */
export const furthestMs = 31 * 24 * 60 * 60_000;

/** When somebody must look at a row again, and what it waits for. */
export interface Due {
  readonly at: number;
  readonly why: string;
  readonly kind: DueKind;
}

/**
 * A row's own times: a run's first doorbell is a `ring`, a repeated one `again`, and one that asks whether a hold has opened
 * `held`; all else is an `act`.
 */
export type OwnKind = 'act' | 'ring' | 'held' | 'again';
/**
 * What its outbox holds: with a `stop`; only replies of which the last try failed, a `reply`; or other consequences, an
 * `effect`. Somebody's full queue makes as many rows of replies as he likes.
 */
export type OutboxKind = 'stop' | 'effect' | 'reply';
/** Rows of each kind are found apart from the others, so that none can crowd another out. */
export type DueKind = OwnKind | OutboxKind;

export const isOutboxKind = (kind: DueKind): kind is OutboxKind =>
  kind === 'stop' || kind === 'effect' || kind === 'reply';

/**
 * What a row says of itself: every row that is not ended is due at a time of its own, and one that has ended as long as
 * its outbox holds something. The outbox of a row that is not ended is tried at its own times (`outboxDue`).
 */
export const due = (task: Task): Due | undefined => {
  const own = ownDue(task);
  const outbox = outboxDue(task);
  if (own === undefined) return outbox && { ...outbox, why: `it has ended; ${outbox.why}` };
  return outbox ? { ...own, why: `${own.why}; ${outbox.why}` } : own;
};

/** When one of the row's own times comes, whatever its outbox holds. */
export const ownDue = (task: Task): Own | undefined => {
  if (isEnded(task)) return undefined;
  const found = dueOfPhase(task);
  if (task.deferredUntil === undefined || task.deferredUntil <= found.at) return found;
  const again = `the sweep could not look after it, and tries again at ${clockTime(task.deferredUntil)}`;
  return { why: `${found.why}; ${again}`, kind: 'act', at: task.deferredUntil };
};

/** Whether the delay before a run is still going on. Once it was rung after its delay it is over, whatever the clock of another function says. */
export const isDelayed = ({ notBefore, rungAt }: Queued, now: number): boolean =>
  notBefore !== undefined && now < notBefore && (rungAt === undefined || rungAt < notBefore);

/** When the doorbell of a queued row is to be rung (again), and why it waits. */
export const ringDue = (task: Queued): { readonly at: number; readonly why: string } => {
  if (task.rungAt !== undefined) {
    const at = task.rungAt + ringAgainMs(task.rings);
    const why = task.hold?.why ?? `run ${task.run} waits in davit.tasks`;
    return { at, why: `${why}; rung at ${clockTime(task.rungAt)}` };
  }
  if (task.notBefore !== undefined) {
    return { at: task.notBefore, why: retrySentence(task, task.notBefore) };
  }
  if (task.hold) {
    const at = Math.min(task.hold.opensAt ?? Number.POSITIVE_INFINITY, task.hold.since + holdMs);
    return { at, why: `${task.hold.why}; asked again at ${clockTime(at)}` };
  }
  return { at: task.queuedAt, why: `run ${task.run} waits to be launched` };
};

/** When what the outbox still holds is to be carried out by whoever sweeps. */
export const outboxDue = (task: Task): (Due & { readonly kind: OutboxKind }) | undefined => {
  if (task.outbox.length === 0) return undefined;
  const waits = task.outbox.map((effect) =>
    effect.kind === 'notify' ? (effect.notBefore ?? 0) : 0,
  );
  const at = Math.max((task.outboxSince ?? task.updatedAt) + outboxMs, Math.min(...waits));
  return { at, why: outboxSentence(task, at), kind: outboxKind(task) };
};

type Own = Due & { readonly kind: OwnKind };

const dueOfPhase = (task: Queued | CurrentTask): Own => {
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

const queuedDue = (task: Queued): Own => {
  const ring = ringDue(task);
  return ring.at < task.startBy
    ? { ...ring, kind: ringKind(task) }
    : { at: task.startBy, why: `${ring.why}; it fails if it does not run by then`, kind: 'act' };
};

const ringKind = ({ rungAt, notBefore, hold }: Queued): OwnKind => {
  if (rungAt !== undefined) return 'again';
  return hold && notBefore === undefined ? 'held' : 'ring';
};

const launchingDue = (task: Launching): Own => {
  const { doubt, launchOrder, run } = task;
  // Its token is dead: it is looked for by name, twice.
  const lost = task.missingSince === undefined ? undefined : missingDue(run, task.missingSince);
  if (lost) return task.stopping ? lost : { ...lost, at: Math.min(lost.at, task.startBy) };
  const next = doubt
    ? doubt.at + launchAgainMs
    : launchOrder.intendedAt + dispatchTimeoutMs + launchGraceMs;
  const at = task.stopping ? next : Math.min(next, task.startBy);
  const why = doubt
    ? `ECS has not said whether it took run ${run} (${doubt.why})`
    : `ECS is asked for run ${run} on ${task.placement}`;
  return { at, why: `${why}; asked again at ${clockTime(at)}`, kind: 'act' };
};

const missingDue = (run: number, since: number): Own => ({
  at: since + missingMs,
  why: `ECS does not know run ${run} since ${clockTime(since)}`,
  kind: 'act',
});

const startingDue = (task: Starting): Own => {
  const { startTimeoutMs } = task.release.spec;
  const at = Math.min(task.acceptedAt + startTimeoutMs, task.startBy);
  const since = `ECS starts run ${task.run} on ${task.placement} since ${clockTime(task.acceptedAt)}`;
  return currentDue(task, at, `${since}; stopped if it does not run by ${clockTime(at)}`);
};

const currentDue = (task: Starting | Running, ownAt: number, ownWhy: string): Own => {
  const { stopping, missingSince } = task;
  const own = stopping
    ? {
        at: stopping.askedAt + stopAgainMs,
        why: `run ${task.run} is being stopped (${stopping.why}) since ${clockTime(stopping.at)}`,
      }
    : { at: ownAt, why: ownWhy };
  if (missingSince !== undefined && missingSince + missingMs < own.at)
    return missingDue(task.run, missingSince);
  return { ...own, kind: 'act' };
};

const runningDue = (task: Running): Own => {
  const { timeoutMs } = task.release.spec;
  const at = task.startedAt + timeoutMs;
  const since = `run ${task.run} runs since ${clockTime(task.startedAt)}`;
  return currentDue(task, at, `${since}; stopped after ${lasting(timeoutMs)}`);
};

const retrySentence = (task: Queued, at: number): string => {
  const last = task.runs.at(-1);
  const after = last ? ` after ${last.why}` : '';
  const of = task.release ? ` of ${task.release.spec.attempts}` : '';
  return last?.verdict === 'tool' || last?.verdict === 'outOfMemory'
    ? `attempt ${task.attempts + 1}${of}${after}, at ${clockTime(at)}`
    : `run ${task.run}${after}, at ${clockTime(at)}`;
};

/** Consequences that a sentence names; the others are only counted. */
const mostNamed = 3;

const outboxSentence = (task: Task, at: number): string => {
  const { outbox, outboxTrouble: trouble } = task;
  const isTroubled = ({ id }: Effect) => id === trouble?.id;
  const ordered = [...outbox.filter(isTroubled), ...outbox.filter((one) => !isTroubled(one))];
  const named = ordered.slice(0, mostNamed).map((effect) => {
    const name = nameOf(task, effect);
    return trouble && isTroubled(effect) ? `${name} (${trouble.why})` : name;
  });
  const more = outbox.length - named.length;
  const many = outbox.length === 1 ? '1 consequence is' : `${outbox.length} consequences are`;
  const rest = more > 0 ? ` and ${more} more` : '';
  const again = trouble ? `, tried again at ${clockTime(at)}` : '';
  const isReply = ordered[0]?.kind === 'notify' && ordered[0].to === 'reply';
  const end = trouble && isReply ? `, given up after ${lasting(replyMs)}` : '';
  return `${many} still to be carried out: ${named.join(', ')}${rest}${again}${end}`;
};

const nameOf = ({ replyTo }: Task, effect: Effect): string => {
  if (effect.kind !== 'notify') return effect.kind;
  const name = `${effect.to}.${effect.what}`;
  return effect.to === 'reply' && replyTo !== undefined ? `${name} to ${replyTo}` : name;
};

const outboxKind = ({ outbox, outboxTrouble }: Task): OutboxKind => {
  if (outbox.some(({ kind }) => kind === 'stop')) return 'stop';
  const isReply = outbox.every((effect) => effect.kind === 'notify' && effect.to === 'reply');
  return isReply && outbox.some(({ id }) => id === outboxTrouble?.id) ? 'reply' : 'effect';
};
