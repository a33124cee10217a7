import type { LiveWorld } from '../live-world.ts';
import { describe, type Row, type RowEffect, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** An event that a newer one replaces. */
export const isReplaceable = ({ what }: RowEffect): boolean =>
  what === 'waiting' || what === 'running' || what === 'requeued';

/** While nothing can be sent, a row keeps the last twenty events that a newer one replaces. */
export const mostReplaceable = 20;

/** Of these it keeps the last six that tell why the task waits. */
export const mostWaiting = 6;

export const countWaiting = ({ outbox }: Row): number =>
  outbox.filter(({ what }) => what === 'waiting').length;

export const countReplaceable = ({ outbox }: Row): number => outbox.filter(isReplaceable).length;

/** Judges that an outbox does not grow without end. */
export const judgeOutbox = (row: Row): void => {
  const waiting = countWaiting(row);
  if (waiting > mostWaiting)
    throw new Violation(
      'outbox',
      `${describe(row)} keeps ${waiting} events of why it waits, and ${mostWaiting} at most are allowed`,
    );
  const count = countReplaceable(row);
  if (count > mostReplaceable)
    throw new Violation(
      'outbox',
      `${describe(row)} keeps ${count} events that a newer one replaces, and ${mostReplaceable} at most are allowed`,
    );
};

/** A reply is given up after a day, when the sweep has tried it once more: within the hour, where nothing else is in trouble. */
const longestReplyMs = (24 * 60 + 90) * 60_000;

/** Judges that no reply is tried for ever. */
export const judgeReplies = (world: LiveWorld): void => {
  const now = world.timeline.now();
  if (now - world.plan.start < longestReplyMs || wasDisturbed(world, now)) return;
  for (const item of world.cloud.items()) {
    const row = rowIn(item);
    const old = row?.outbox.find(
      ({ isReply, at }) => isReply && Date.parse(at ?? '') < now - longestReplyMs,
    );
    if (row !== undefined && old !== undefined)
      throw new Violation('end', `${describe(row)} still tries ${old.id}, which is of ${old.at}`);
  }
};

const disturbedMs = 3 * 60 * 60_000;

/** RabbitMQ or the table was in trouble in the last hours, or a row could not be read. */
const wasDisturbed = ({ plan }: LiveWorld, now: number): boolean =>
  plan.happenings.some((one) => {
    const isNeeded =
      one.kind === 'trouble' && (one.service === 'rabbitmq' || one.service === 'dynamodb');
    return (isNeeded || one.kind === 'spoilRow') && one.at <= now && now <= one.until + disturbedMs;
  });
