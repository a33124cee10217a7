import { isUnreachable } from '../core/unreachable.ts';
import type { Broker, Sent } from '../ports.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import { announcement, deadLetter, doorbell, reply, taskMessage, tasksQueue } from './letters.ts';
import { linkTo } from './link.ts';
import { NoAnswer } from './within.ts';

/** How letters leave: over AMQP, or into a model. Letters of another lane are not hurt by what one lane suffers. */
export interface Post {
  readonly send: (lane: string, letter: Letter) => Promise<Sent>;
  /** Ready messages in a queue; undefined when nobody can say. */
  readonly ready: (queue: string) => Promise<number | undefined>;
}

/** The port over a post. `source` is the CloudEvents source of the stage. */
export const brokerOver = ({ send, ready }: Post, source: string): Broker => ({
  ring: (taskId, run) => send('queues', doorbell(taskId, run)),
  bury: (task, effect) => send('queues', deadLetter(task, effect)),
  submit: (taskId, body, priority) => send('queues', taskMessage(taskId, body, priority)),
  announce: (task, effect) => send('events', announcement(task, effect, source)),
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

/** A connection that is not made is the broker's silence; a confirm that does not come may be the queue's alone. */
const silenceOf = (error: unknown): { readonly silent?: 'peer' | 'address' } => {
  if (error instanceof NoAnswer) return { silent: 'address' };
  return isUnreachable(error) ? { silent: 'peer' } : {};
};

/**
 * RabbitMQ over AMQP 0-9-1. Every publish is confirmed, and made once more when the connection was lost meanwhile: a
 * message may come twice, never not at all.
 */
export const rabbitBroker = (address: Address, source: string): ConnectedBroker => {
  const link = linkTo(address);
  const post: Post = {
    send: async (lane, letter) => {
      try {
        // A Lambda thaws with a connection that died while it was frozen: the first try finds out, the second connects.
        return await link.send(lane, letter).catch(() => link.send(lane, letter));
      } catch (error) {
        return { kind: 'failed', why: wordsOf(error), ...silenceOf(error) };
      }
    },
    ready: async (queue) => {
      const count = () =>
        link.ask(async (channel) => (await channel.checkQueue(queue)).messageCount);
      try {
        return await count().catch(count);
      } catch {
        return undefined;
      }
    },
  };
  return { ...brokerOver(post, source), close: link.close };
};
