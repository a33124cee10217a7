import { type Effect, isReply } from '../effect.ts';
import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { outboxDue } from '../outbox-due.ts';
import type { Task } from '../task.ts';
import type { OutboxTrouble } from '../task-parts.ts';
import { outboxAgainMs, outboxMs, replyMs, setbackMs, stopAgainMs } from '../times.ts';
import { troubleIn, withRepliesGivenUp, withStamps } from './outbox-trouble.ts';

/** The sweep failed on this row: the next try comes later each time, so that the row does not starve others. */
export const deferred = (task: Task, fact: FactOf<'deferred'>, now: number): Step =>
  fact.what === 'outbox' ? outboxDeferred(task, fact.failures, now) : rowDeferred(task, now);

const rowDeferred = (task: Task, now: number): Step => {
  if ((task.deferredUntil ?? 0) > now) return ignored('the row is deferred already');
  const setbacks = task.setbacks + 1;
  // A stop is asked for again each minute, whatever else goes wrong.
  const most = 'stopping' in task && task.stopping ? stopAgainMs : Number.POSITIVE_INFINITY;
  const deferredUntil = now + Math.min(setbackMs(setbacks), most);
  return withStamps(moved(task, task, { now }), { setbacks, deferredUntil });
};

/**
 * Effects of the outbox could not be carried out: they wait longer each time, and the row's own times do not. A reply
 * that has failed for a day is given up: its queue accepts no message, and the row says so.
 */
const outboxDeferred = (task: Task, failures: readonly OutboxTrouble[], now: number): Step => {
  const due = outboxDue(task);
  if (due === undefined) return ignored('its outbox is empty');
  if (due.at > now) return ignored('the outbox is deferred already');
  const hasFailed = ({ id }: Effect): boolean => failures.some((failure) => failure.id === id);
  const lost = task.outbox
    .filter(isReply)
    .filter((reply) => now >= reply.at + replyMs && hasFailed(reply));
  const outbox = task.outbox.filter((effect) => !lost.some(({ id }) => id === effect.id));
  const setbacks = task.setbacks + 1;
  const hasStop = outbox.some(({ kind }) => kind === 'stop');
  const waitMs = Math.min(
    outboxAgainMs(setbacks),
    hasStop ? stopAgainMs : Number.POSITIVE_INFINITY,
  );
  const next = withRepliesGivenUp(task, { lost, failures }, now);
  return withStamps(moved({ ...task, outbox }, next, { now }), {
    setbacks,
    // `outboxDue` adds outboxMs to it.
    outboxSince: outbox.length > 0 ? now + waitMs - outboxMs : undefined,
    ...troubleIn(outbox, failures),
  });
};
