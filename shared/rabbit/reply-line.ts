import type { Sent } from '../ports.ts';
import { isDirect } from '../wire/reply-address.ts';
import type { Letter } from './lane.ts';
import type { Link } from './link.ts';
import { ClosedByBroker } from './within.ts';

/** After so many letters to a queue that made RabbitMQ close the connection, replies to that queue are given up. */
const mostCloses = 3;
/** For at most so many queues this is remembered: reply queues come and go, and the rows keep their addresses. */
const mostRemembered = 1_000;

/**
 * Sends replies to addresses that publishers chose. For some addresses, RabbitMQ closes the whole connection, with every letter
 * that is under way on it: 3.10 does so for a direct reply-to of a node that it does not have, which is well-formed and may be an
 * honest publisher's of yesterday (4.2 has a guard: rabbit_volatile_queue.erl). So direct replies, and every letter that was under
 * way when a connection was closed, go over `alone`, one at a time: the letter that closes `alone` is the one to blame. Then a
 * direct reply is `refused` at once, and a reply to a queue at the third time.
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
      const isRefused = isDirect(routingKey) || blame(routingKey) >= mostCloses;
      if (isRefused) return { kind: 'refused', why: error.message };
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
