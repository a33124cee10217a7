import { errorMessage } from '../core/error-message.ts';
import { isUnreachable } from '../core/unreachable.ts';
import type { Broker, Sent } from '../ports.ts';
import { replyAddressFault } from '../wire/reply-address.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import {
  announcement,
  controlAnswer,
  deadLetter,
  doorbell,
  doorbellsQueue,
  reply,
  taskMessage,
  tasksQueue,
} from './letters.ts';
import { linkTo } from './link.ts';
import { replyLine } from './reply-line.ts';
import { ClosedByBroker, NoAnswer, SilentTarget } from './within.ts';

/** How letters are sent: over AMQP, or into a model. `replies` go to addresses that publishers chose; they must not disturb other letters. */
export interface Post {
  readonly send: (line: 'own' | 'replies', letter: Letter) => Promise<Sent>;
  /** Ready messages in a queue; undefined when the broker does not answer. */
  readonly ready: (queue: string) => Promise<number | undefined>;
}

/** What the letters of a stage need to know about the stage. */
export interface Sender {
  /** The CloudEvents source. */
  readonly source: string;
  /** The names of the queues for replies begin with this. */
  readonly replyPrefix: string;
}

/** The broker port over a post. Rows of an older Davit may hold reply addresses that are refused today: nothing is sent to them. */
export const brokerOver = ({ send, ready }: Post, { source, replyPrefix }: Sender): Broker => ({
  ring: async (taskId, run) => {
    const sent = await send('own', doorbell(taskId, run, doorbellsQueue));
    // Until topology has declared the queue of its own, which a Davit before it did not have.
    return sent.kind === 'unroutable' ? send('own', doorbell(taskId, run, tasksQueue)) : sent;
  },
  bury: (task, effect) => send('own', deadLetter(task, effect, replyPrefix)),
  submit: (taskId, body, priority) => send('own', taskMessage(taskId, body, priority)),
  announce: (task, effect) => send('own', announcement(task, effect, source)),
  reply: async (task, effect) => {
    const { replyTo } = task;
    if (replyTo === undefined) return { kind: 'unroutable' };
    const why = replyAddressFault(replyTo, replyPrefix);
    return why === undefined
      ? send('replies', reply(task, effect, { source, replyTo }))
      : { kind: 'refused', why };
  },
  answer: async (address, answer) => {
    const why = replyAddressFault(address.replyTo, replyPrefix);
    return why === undefined
      ? send('replies', controlAnswer(address, answer))
      : { kind: 'refused', why };
  },
  backlog: () => ready(tasksQueue),
  doorbells: () => ready(doorbellsQueue),
});

/** The broker port with a `close`, for callers that must not leave a connection open. */
export type ConnectedBroker = Broker & { readonly close: () => Promise<void> };

/** A quorum queue confirms when most nodes have the message on disk. That takes milliseconds, and seconds under load. */
const confirmTimeoutMs = 10_000;
/** Shorter, because a publisher's queue must not use up the functions' time. A reply that comes twice does no harm. */
const replyTimeoutMs = 5_000;

/**
 * RabbitMQ over AMQP 0-9-1. Replies have connections of their own. Every publish waits for its confirm, and is repeated once when
 * the connection was lost: a message may arrive twice, but none is lost. A failure is an answer; nothing throws.
 */
export const rabbitBroker = (address: Address, sender: Sender): ConnectedBroker => {
  const own = linkTo(address, confirmTimeoutMs);
  const replies = linkTo(address, replyTimeoutMs);
  // It connects only when it is used.
  const alone = linkTo(address, replyTimeoutMs);
  const lines = { own: own.send, replies: replyLine(replies, alone) };
  const post: Post = {
    send: async (line, letter) => {
      const send = lines[line];
      try {
        // The connection of a frozen Lambda may be dead when it runs again: the first try finds that out, the second connects.
        return await send(letter).catch((error: unknown) => {
          // A reply that ended a connection was already tried on a connection of its own.
          const isTriedAlone = line === 'replies' && error instanceof ClosedByBroker;
          if (isTriedAlone || error instanceof SilentTarget) throw error;
          return send(letter);
        });
      } catch (error) {
        return { kind: 'failed', why: errorMessage(error), ...silenceOf(error) };
      }
    },
    ready: async (queue) => {
      const count = () =>
        own.ask(async (channel) => (await channel.checkQueue(queue)).messageCount);
      try {
        return await count().catch(count);
      } catch {
        return undefined;
      }
    },
  };
  return {
    ...brokerOver(post, sender),
    close: async () => {
      await Promise.all([own, replies, alone].map(({ close }) => close()));
    },
  };
};

/** The address is silent when only its queue is; the broker is, when there is no connection or no answer on it. */
const silenceOf = (error: unknown): { readonly silent?: 'peer' | 'address' } => {
  if (error instanceof SilentTarget) return { silent: 'address' };
  return error instanceof NoAnswer || isUnreachable(error) ? { silent: 'peer' } : {};
};
