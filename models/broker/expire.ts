import { deadLetter } from './dead-letter.ts';
import { type BrokerState, queueOf, withCounts, withQueue } from './state.ts';

/**
 * Drops what has expired at the head of a queue; what stands behind a message that lives on is not looked at, as in RabbitMQ
 * (guide, time-to-live: quorum queues drop a message when it reaches the head). It goes to the dead-letter exchange, if any.
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
