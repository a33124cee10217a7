import { type Effect, type EffectOf, isWaiting } from './effect.ts';
import { causeOf } from './hold-cause.ts';
import { notify, type Unstamped } from './move.ts';
import { present } from './present.ts';
import type { CurrentTask, Queued } from './task.ts';
import type { WaitingNotice } from './task-parts.ts';
import { holdMs, noticeAgainMs } from './times.ts';

/** What a move to a hold says: the note of it for the row, the new events, and the outbox without those that are out of date. */
export interface Notification {
  readonly waitingNotice: WaitingNotice;
  readonly events: readonly EffectOf<'notify'>[];
  readonly outbox: readonly Effect[];
}

/**
 * Whether a row that is held from now on tells its publisher why it waits: at its first hold, and when the cause is another
 * one. A cause that comes soon after the last notice is told later, and not at all where the last one is back by then; the
 * time between two notices grows. Undefined where nothing changes.
 */
export const waitingNotification = (
  from: Queued | CurrentTask,
  next: Unstamped<Queued>,
  now: number,
): Notification | undefined => {
  const { hold } = next;
  if (hold === undefined) return undefined;
  const cause = causeOf(hold);
  const since = beginOfWait(from);
  const last = noticeOfWait(since, next);
  if (last?.cause === cause) return undefined;
  // A clock that is behind the one that began the wait would date the notice before it, as one of an earlier wait.
  const noticed =
    last === undefined ? firstNotice(cause, Math.max(now, since)) : noticeAfter(last, cause, now);
  const kept = isToCome(last, now) ? from.outbox.filter((one) => !isOf(one, last)) : from.outbox;
  const isHeard = noticed.times === last?.times;
  const events = isHeard ? [] : eventsOf(next, from.revision, { ...noticed, now });
  const outbox = isHeard ? kept : kept.map((effect) => numbered(effect, from.revision));
  return { waitingNotice: noticed, events, outbox };
};

/**
 * A paced event that could not be sent in its turn, with the number of the row before the next one. With that of its sending,
 * which may come after the next one's, readers would take the earlier cause for the newer one.
 */
const numbered = (effect: Effect, revision: number): Effect => {
  if (!isWaiting(effect) || effect.notBefore === undefined) return effect;
  const { notBefore: _turn, ...rest } = effect;
  return { ...rest, sequence: revision };
};

/** Whether this event is the one of the last notice, which is still to come and has no use any more. One before it may not be sent yet. */
const isOf = (effect: Effect, last: WaitingNotice | undefined): boolean =>
  isWaiting(effect) && last !== undefined && effect.notBefore === last.at;

const firstNotice = (cause: string, at: number): WaitingNotice => ({ cause, at, times: 1 });

/** The notice of another cause than that of the last one. It has the last one's number where it is not told. */
const noticeAfter = (last: WaitingNotice, cause: string, now: number): WaitingNotice => {
  if (!isToCome(last, now)) {
    const at = Math.max(now, last.at + noticeAgainMs(last.times));
    return { cause, at, times: last.times + 1, ...(at > now ? { before: last.cause } : {}) };
  }
  // The new one takes the place of one that was not sent.
  const { at, times, before = last.cause } = last;
  return before === cause ? { cause, at, times } : { cause, at, times: times + 1, before };
};

const isToCome = (last: WaitingNotice | undefined, now: number): boolean =>
  last !== undefined && now < last.at - clocksMs;

/** The clocks of two functions may differ so much: so near its time, a notice counts as sent. */
const clocksMs = 10_000;

/**
 * The last notice of this wait. After a container has run, or after a redrive, a hold is the first one again: the row has no notice
 * then. The times tell it where the release before this one has written the row, which leaves the notice in it.
 */
const noticeOfWait = (
  since: number,
  { waitingNotice }: Pick<Queued, 'waitingNotice'>,
): WaitingNotice | undefined =>
  waitingNotice !== undefined && waitingNotice.at >= since ? waitingNotice : undefined;

/** When the row was queued or redriven, or its last container started, by the clocks of those who saw it. */
const beginOfWait = ({ queuedAt, runs }: Pick<Queued, 'queuedAt' | 'runs'>): number =>
  Math.max(queuedAt, ...runs.map(({ startedAt = 0 }) => startedAt));

const eventsOf = (
  next: Unstamped<Queued>,
  revision: number,
  { cause, at, times, now }: WaitingNotice & { readonly now: number },
): readonly EffectOf<'notify'>[] => {
  const { why, since, opensAt } = next.hold ?? { why: '', since: now };
  const asked = opensAt === undefined ? 0 : Math.min(opensAt, since + holdMs);
  // Davit has asked again already when the event is sent: the next time is not known now.
  const askedAgainAt = asked > at ? asked : undefined;
  const more = { cause, reason: why, ...present({ askedAgainAt }) };
  return notify(next, 'waiting', { now, revision, more }).map((effect) => ({
    ...effect,
    // A run may have several, and readers know an event by its id.
    id: `${effect.id}.${times}`,
    ...present({ notBefore: times > 1 && at > now ? at : undefined }),
  }));
};
