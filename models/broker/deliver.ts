import { type DeathReason, deadLetter } from './dead-letter.ts';
import {
  type BrokerState,
  type Delivery,
  type Engine,
  type Queue,
  queueOf,
  type Stored,
  withCounts,
  withQueue,
} from './state.ts';

/** Delivers the first `most` ready messages to a consumer; they stay unacknowledged until it settles them. */
export const deliver = (
  state: BrokerState,
  from: { readonly queue: string; readonly connection: string; readonly most: number },
): { readonly state: BrokerState; readonly deliveries: readonly Delivery[] } => {
  const queue = queueOf(state, from.queue);
  if (queue === undefined) return { state, deliveries: [] };
  const deliveries = queue.ready.slice(0, from.most).map((message, at) => ({
    ...withCount(message),
    tag: state.nextTag + at,
    queue: from.queue,
    connection: from.connection,
  }));
  const next = {
    ...queue,
    ready: queue.ready.slice(deliveries.length),
    unacked: [...queue.unacked, ...deliveries],
  };
  return {
    state: { ...withQueue(state, from.queue, next), nextTag: state.nextTag + deliveries.length },
    deliveries,
  };
};

/** Ignores unknown tags: an acknowledgement may arrive after its connection was lost. */
export const ack = (state: BrokerState, tags: readonly number[]): BrokerState =>
  settle(state, tags, (queue) => ({
    ...queue,
    ledger: withCounts(queue.ledger, { acked: 1 }),
  }));

/** `basic.nack` with requeue. */
export const requeue = (state: BrokerState, tags: readonly number[], now: number): BrokerState => {
  const counts = countsNacks(state.engine);
  return tags.reduce((each, tag) => takeBack(each, tag, { counts, now }), state);
};

/** `basic.reject` without requeue: the message is dead-lettered, or dropped when there is no dead-letter exchange. */
export const reject = (state: BrokerState, tags: readonly number[], now: number): BrokerState =>
  tags.reduce((each, tag) => rejectOne(each, tag, now), state);

/** The unacknowledged messages of the connection are ready again, in the order of their delivery. */
export const closeConnection = (
  state: BrokerState,
  connection: string,
  now: number,
): BrokerState => {
  const tags = Object.values(state.queues)
    .flatMap((queue) => queue.unacked)
    .filter((delivery) => delivery.connection === connection)
    .map((delivery) => delivery.tag);
  return tags.reduce((each, tag) => takeBack(each, tag, { counts: true, now }), state);
};

/** From its second delivery on, a message shows how often it came back. */
const withCount = (message: Stored): Stored => {
  if (message.deliveryCount === 0) return message;
  const headers = { ...message.properties.headers, 'x-delivery-count': message.deliveryCount };
  return { ...message, properties: { ...message.properties, headers } };
};

const settle = (
  state: BrokerState,
  tags: readonly number[],
  change: (queue: Queue) => Queue,
): BrokerState =>
  tags.reduce((each, tag) => {
    const delivery = deliveryOf(each, tag);
    const queue = delivery && queueOf(each, delivery.queue);
    if (queue === undefined || delivery === undefined) return each;
    const unacked = queue.unacked.filter((other) => other.tag !== tag);
    return withQueue(each, delivery.queue, change({ ...queue, unacked }));
  }, state);

const deliveryOf = (state: BrokerState, tag: number): Delivery | undefined => {
  for (const queue of Object.values(state.queues)) {
    const delivery = queue.unacked.find((each) => each.tag === tag);
    if (delivery !== undefined) return delivery;
  }
  return undefined;
};

const countsNacks = (engine: Engine): boolean => engine !== '4.3';

const takeBack = (
  state: BrokerState,
  tag: number,
  how: { readonly counts: boolean; readonly now: number },
): BrokerState => {
  const delivery = deliveryOf(state, tag);
  if (delivery === undefined) return state;
  const message = storedFrom(delivery, delivery.deliveryCount + (how.counts ? 1 : 0));
  const queue = queueOf(state, delivery.queue);
  if (queue !== undefined && overLimit(state.engine, queue, message.deliveryCount)) {
    return giveUp(state, delivery, { reason: 'delivery_limit', now: how.now });
  }
  return settle(state, [tag], (each) => ({ ...each, ready: withReturned(each.ready, message) }));
};

const storedFrom = (delivery: Delivery, deliveryCount: number): Stored => {
  const { tag: _tag, queue: _queue, connection: _connection, ...message } = delivery;
  return { ...message, redelivered: true, deliveryCount };
};

/** The count must be greater than the limit: with a limit of 20, a message is delivered 21 times. */
const overLimit = (engine: Engine, queue: Queue, deliveryCount: number): boolean => {
  const limit = queue.arguments.deliveryLimit ?? (engine === '3.13' ? undefined : 20);
  if (limit === undefined || (limit < 0 && engine !== '3.13')) return false;
  return deliveryCount > limit;
};

const giveUp = (
  state: BrokerState,
  delivery: Delivery,
  why: { readonly reason: DeathReason; readonly now: number },
): BrokerState => {
  const dead = deadLetter(state, delivery, why);
  const column = dead.taken ? { deadLettered: 1 } : { dropped: 1 };
  return settle(dead.state, [delivery.tag], (queue) => ({
    ...queue,
    ledger: withCounts(queue.ledger, column),
  }));
};

/** Before all messages that were never delivered, after those that came back earlier. */
const withReturned = (ready: readonly Stored[], message: Stored): readonly Stored[] => {
  const fresh = ready.findIndex((each) => !each.redelivered);
  return ready.toSpliced(fresh === -1 ? ready.length : fresh, 0, message);
};

const rejectOne = (state: BrokerState, tag: number, now: number): BrokerState => {
  const delivery = deliveryOf(state, tag);
  return delivery === undefined ? state : giveUp(state, delivery, { reason: 'rejected', now });
};
