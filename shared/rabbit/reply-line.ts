import type { Sent } from '../ports.ts';
import { isDirect } from '../wire/reply-address.ts';
import type { Letter } from './lane.ts';
import type { Link } from './link.ts';
import { ClosedByBroker } from './within.ts';

/** So often a queue may have made RabbitMQ close a connection, letter by letter, before replies to it are given up. */
const mostCloses = 3;
/** Queues of which that is remembered: those come and go, and the rows know them all. */
const mostRemembered = 1_000;

/**
 * Sends replies, whose addresses publishers choose. RabbitMQ closes the whole connection for some addresses, and takes all
 * that is under way on it down: 3.10 for any direct reply-to of a node that it does not have, which is well-formed and may be
 * an honest publisher's of yesterday. 4.2 has a guard there (rabbit_volatile_queue.erl). So direct replies, and whatever was under way when a connection was closed, go over
 * `alone`, one at a time: what closes that one is to blame. A direct reply is `refused` then, and a queue's at the third time.
 */
export const replyLine = (shared: Pick<Link, 'send'>, alone: Pick<Link, 'send'>) => {
  const closes = new Map<string, number>();
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act);
    last = next.catch(() => undefined);
    return next;
  };

  const blame = (queue: string): number => {
    const count = (closes.get(queue) ?? 0) + 1;
    closes.delete(queue);
    closes.set(queue, count);
    for (const [oldest] of closes) if (closes.size > mostRemembered) closes.delete(oldest);
    return count;
  };

  const sendAlone = async (letter: Letter): Promise<Sent> => {
    const { routingKey } = letter;
    try {
      const sent = await alone.send(letter);
      closes.delete(routingKey);
      return sent;
    } catch (error) {
      if (!(error instanceof ClosedByBroker)) throw error;
      const isForGood = isDirect(routingKey) || blame(routingKey) >= mostCloses;
      if (isForGood) return { kind: 'refused', why: error.message };
      throw error;
    }
  };

  return async (letter: Letter): Promise<Sent> => {
    const { routingKey } = letter;
    if (isDirect(routingKey) || closes.has(routingKey)) return inTurn(() => sendAlone(letter));
    try {
      return await shared.send(letter);
    } catch (error) {
      if (!(error instanceof ClosedByBroker)) throw error;
      return inTurn(() => sendAlone(letter));
    }
  };
};
