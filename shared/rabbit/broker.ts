import { isUnreachable } from '../core/unreachable.ts';
import type { Broker, Sent } from '../ports.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import { announcement, deadLetter, doorbell, reply, taskMessage, tasksQueue } from './letters.ts';
import { linkTo } from './link.ts';
import { NoAnswer, SilentTarget } from './within.ts';

/** How letters leave: over AMQP, or into a model. `replies` go where publishers say, which must hurt no other letter. */
export interface Post {
  readonly send: (line: 'own' | 'replies', letter: Letter) => Promise<Sent>;
  /** Ready messages in a queue; undefined when nobody can say. */
  readonly ready: (queue: string) => Promise<number | undefined>;
}

/** The port over a post. `source` is the CloudEvents source of the stage. */
export const brokerOver = ({ send, ready }: Post, source: string): Broker => ({
  ring: (taskId, run) => send('own', doorbell(taskId, run)),
  bury: (task, effect) => send('own', deadLetter(task, effect)),
  submit: (taskId, body, priority) => send('own', taskMessage(taskId, body, priority)),
  announce: (task, effect) => send('own', announcement(task, effect, source)),
  reply: (task, effect) => {
    const letter = reply(task, effect, source);
    return letter ? send('replies', letter) : Promise.resolve({ kind: 'unroutable' });
  },
  backlog: () => ready(tasksQueue),
});

/** The port, and its end: for those who must not leave a connection behind. */
export type ConnectedBroker = Broker & { readonly close: () => Promise<void> };

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** One queue's silence is its own; a connection that is not made, or answers nothing at all, is the broker's. */
const silenceOf = (error: unknown): { readonly silent?: 'peer' | 'address' } => {
  if (error instanceof SilentTarget) return { silent: 'address' };
  return error instanceof NoAnswer || isUnreachable(error) ? { silent: 'peer' } : {};
};

/** A quorum queue confirms when most nodes have the message on disk: milliseconds, seconds under load. */
const confirmTimeoutMs = 10_000;
/** A publisher's queue gets less of the functions' time; a reply that comes twice harms no one. */
const replyTimeoutMs = 5_000;

/**
 * RabbitMQ over AMQP 0-9-1, replies over a connection of their own. Every publish is confirmed, and made once more when the
 * connection was lost meanwhile: a message may come twice, never not at all.
 */
export const rabbitBroker = (address: Address, source: string): ConnectedBroker => {
  const links = {
    own: linkTo(address, confirmTimeoutMs),
    replies: linkTo(address, replyTimeoutMs),
  };
  const post: Post = {
    send: async (line, letter) => {
      const { send } = links[line];
      try {
        // A Lambda thaws with a connection that died while it was frozen: the first try finds out, the second connects.
        return await send(letter).catch((error: unknown) => {
          if (error instanceof SilentTarget) throw error;
          return send(letter);
        });
      } catch (error) {
        return { kind: 'failed', why: wordsOf(error), ...silenceOf(error) };
      }
    },
    ready: async (queue) => {
      const count = () =>
        links.own.ask(async (channel) => (await channel.checkQueue(queue)).messageCount);
      try {
        return await count().catch(count);
      } catch {
        return undefined;
      }
    },
  };
  return {
    ...brokerOver(post, source),
    close: async () => {
      await Promise.all([links.own.close(), links.replies.close()]);
    },
  };
};
