import { type Effect, isReply } from './effect.ts';
import type { Task } from './task.ts';
import { clockTime, lasting, outboxMs, replyMs, stopMs } from './times.ts';

/**
 * What an outbox holds: `stop` where it holds a stop, `reply` where it holds only replies and the last try of one failed,
 * else `effect`. One queue that is full can make any number of rows with replies, so these are found apart.
 */
export type OutboxKind = 'stop' | 'effect' | 'reply';

/** When the sweep must carry out the effects of an outbox, and which these are. */
export interface OutboxDue {
  readonly at: number;
  readonly why: string;
  readonly kind: OutboxKind;
}

/** Whether this is the kind of an outbox, and not of a row's own time. */
export const isOutboxKind = (kind: string): kind is OutboxKind =>
  kind === 'stop' || kind === 'effect' || kind === 'reply';

/** When the sweep carries out what the outbox still holds; undefined where the outbox is empty. */
export const outboxDue = (task: Task): OutboxDue | undefined => {
  if (task.outbox.length === 0) return undefined;
  const waits = task.outbox.map((effect) =>
    effect.kind === 'notify' ? (effect.notBefore ?? 0) : 0,
  );
  const kind = outboxKind(task);
  const waitMs = kind === 'stop' && task.outboxTrouble === undefined ? stopMs : outboxMs;
  const at = Math.max((task.outboxSince ?? task.updatedAt) + waitMs, Math.min(...waits));
  return { at, why: outboxSentence(task, at), kind };
};

const outboxKind = ({ outbox, outboxTrouble }: Task): OutboxKind => {
  if (outbox.some(({ kind }) => kind === 'stop')) return 'stop';
  const hasFailed = outbox.some(({ id }) => id === outboxTrouble?.id);
  return hasFailed && outbox.every(isReply) ? 'reply' : 'effect';
};

/** A sentence names this many effects; it only counts the others. */
const mostNamed = 3;

const outboxSentence = (task: Task, at: number): string => {
  const { outbox, outboxTrouble: trouble } = task;
  const hasFailed = ({ id }: Effect) => id === trouble?.id;
  const ordered = [...outbox.filter(hasFailed), ...outbox.filter((one) => !hasFailed(one))];
  const named = ordered.slice(0, mostNamed).map((effect) => {
    const name = nameOf(task, effect);
    return trouble && hasFailed(effect) ? `${name} (${trouble.why})` : name;
  });
  const more = outbox.length - named.length;
  const many = outbox.length === 1 ? '1 effect is' : `${outbox.length} effects are`;
  const rest = more > 0 ? ` and ${more} more` : '';
  const again = trouble ? `, tried again at ${clockTime(at)}` : '';
  const end = trouble && ordered.slice(0, 1).some(isReply) ? givenUpSentence : '';
  return `${many} still to be carried out: ${named.join(', ')}${rest}${again}${end}`;
};

const givenUpSentence = `, given up after ${lasting(replyMs)}`;

const nameOf = ({ replyTo }: Task, effect: Effect): string => {
  if (effect.kind !== 'notify') return effect.kind;
  const name = `${effect.to}.${effect.what}`;
  return effect.to === 'reply' && replyTo !== undefined ? `${name} to ${replyTo}` : name;
};
