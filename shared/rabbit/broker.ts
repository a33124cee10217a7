import { errorMessage } from '../core/error-message.ts';
import { isUnreachable } from '../core/unreachable.ts';
import type { Broker, Sent } from '../ports.ts';
import { replyAddressFault } from '../wire/reply-address.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import { announcement, deadLetter, doorbell, reply, taskMessage, tasksQueue } from './letters.ts';
import { linkTo } from './link.ts';
import { replyLine } from './reply-line.ts';
import { ClosedByBroker, NoAnswer, SilentTarget } from './within.ts';

/** How letters leave: over AMQP, or into a model. `replies` go where publishers say, which must hurt no other letter. */
export interface Post {
  readonly send: (line: 'own' | 'replies', letter: Letter) => Promise<Sent>;
  /** Ready messages in a queue; undefined when nobody can say. */
  readonly ready: (queue: string) => Promise<number | undefined>;
}

/** What the letters of a stage say of it, and where its replies may go. */
export interface Sender {
  /** The CloudEvents source. */
  readonly source: string;
  /** What the names of the queues for replies begin with. */
  readonly replyPrefix: string;
}

/** The port over a post. Rows of an older Davit may hold addresses that are refused today: nothing is sent there. */
export const brokerOver = ({ send, ready }: Post, { source, replyPrefix }: Sender): Broker => ({
  ring: (taskId, run) => send('own', doorbell(taskId, run)),
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
  backlog: () => ready(tasksQueue),
});

/** The port, and its end: for those who must not leave a connection behind. */
export type ConnectedBroker = Broker & { readonly close: () => Promise<void> };

/** A quorum queue confirms when most nodes have the message on disk: milliseconds, seconds under load. */
const confirmTimeoutMs = 10_000;
/** A publisher's queue gets less of the functions' time; a reply that comes twice harms no one. */
const replyTimeoutMs = 5_000;

/**
 * RabbitMQ over AMQP 0-9-1, replies over connections of their own. Every publish is confirmed, and made once more when the
 * connection was lost meanwhile: a message may come twice, never not at all.
 */
export const rabbitBroker = (address: Address, sender: Sender): ConnectedBroker => {
  const own = linkTo(address, confirmTimeoutMs);
  const replies = linkTo(address, replyTimeoutMs);
  // It connects when the first letter goes over it.
  const alone = linkTo(address, replyTimeoutMs);
  const lines = { own: own.send, replies: replyLine(replies, alone) };
  const post: Post = {
    send: async (line, letter) => {
      const send = lines[line];
      try {
        // A Lambda thaws with a connection that died while it was frozen: the first try finds out, the second connects.
        return await send(letter).catch((error: unknown) => {
          // A reply that ended a connection was tried alone already.
          const isTried = line === 'replies' && error instanceof ClosedByBroker;
          if (isTried || error instanceof SilentTarget) throw error;
          return send(letter);
        });
      } catch (error) {
        return { kind: 'failed', why: wordsOf(error), ...silenceOf(error) };
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

const wordsOf = (error: unknown): string => errorMessage(error);

/** One queue's silence is its own; a connection that is not made, or answers nothing at all, is the broker's. */
const silenceOf = (error: unknown): { readonly silent?: 'peer' | 'address' } => {
  if (error instanceof SilentTarget) return { silent: 'address' };
  return error instanceof NoAnswer || isUnreachable(error) ? { silent: 'peer' } : {};
};
