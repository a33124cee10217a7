import { deadLetter } from './dead-letter.ts';
import { type BrokerState, queueOf, withCounts, withQueue } from './state.ts';

/**
 * Removes the expired messages at the head of a queue and sends them to the dead-letter exchange, if there is one. An
 * expired message behind one that has not expired stays, as in RabbitMQ (guide, time-to-live: quorum queues).
 */
export const expire = (state: BrokerState, name: string, now: number): BrokerState => {
  const queue = queueOf(state, name);
  const [first, ...ready] = queue?.ready ?? [];
  if (queue === undefined || first?.expiresAt === undefined || first.expiresAt > now) return state;
  const dead = deadLetter(state, { ...first, queue: name }, { reason: 'expired', now });
  const column = dead.taken ? { deadLettered: 1 } : { dropped: 1 };
  const rest = { ...queue, ready, ledger: withCounts(queue.ledger, column) };
  return expire(withQueue(dead.state, name, rest), name, now);
};
