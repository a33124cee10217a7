import { ownOf } from '../own.ts';
import { present } from '../present.ts';
import {
  type BrokerState,
  type ExchangeType,
  type Message,
  queueOf,
  withCounts,
  withQueue,
} from './state.ts';

export interface Publishing {
  /** '' is the default exchange: the routing key is the queue's name. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly message: Message;
  /** The time; without it, a message with the property `expiration` never expires. */
  readonly now?: number;
}

/**
 * `returned`: no queue matched a mandatory message (basic.return, then a positive confirm).
 * `unroutable`: no queue matched, and the message was not mandatory. `refused`: a queue was full and
 * the confirm is negative, even if other queues have the message (RabbitMQ guide, queue length limit).
 * `no exchange`: 404, and the channel is closed.
 */
export type Published = 'routed' | 'returned' | 'unroutable' | 'refused' | 'no exchange';

/** Adds a message at the end of every matching queue that has room. */
export const publish = (
  state: BrokerState,
  publishing: Publishing,
): { readonly state: BrokerState; readonly answer: Published } => {
  const queues = routesOf(state, publishing.exchange, publishing.routingKey);
  if (queues === undefined) return { state, answer: 'no exchange' };
  if (queues.length === 0) {
    return { state, answer: publishing.mandatory ? 'returned' : 'unroutable' };
  }
  const open = queues.filter((name) => !isFull(state, name));
  const next = open.reduce((each, name) => append(each, name, publishing), state);
  return { state: next, answer: open.length === queues.length ? 'routed' : 'refused' };
};

/** The queues that match, each once; undefined when the exchange does not exist. */
export const routesOf = (
  state: BrokerState,
  exchange: string,
  routingKey: string,
): readonly string[] | undefined => {
  if (exchange === '') return queueOf(state, routingKey) === undefined ? [] : [routingKey];
  const type = ownOf(state.exchanges, exchange);
  if (type === undefined) return undefined;
  const matching = state.bindings.filter(
    (binding) => binding.exchange === exchange && isRouted[type](binding.key, routingKey),
  );
  return [...new Set(matching.map((binding) => binding.queue))];
};

const isRouted: Record<ExchangeType, (key: string, routingKey: string) => boolean> = {
  direct: (key, routingKey) => key === routingKey,
  topic: (key, routingKey) => topicMatches(key, routingKey),
  fanout: () => true,
};

/** `*` matches one word, `#` any number of words, also none. */
export const topicMatches = (pattern: string, routingKey: string): boolean =>
  wordsMatch(pattern.split('.'), routingKey === '' ? [] : routingKey.split('.'));

const isFull = (state: BrokerState, name: string): boolean => {
  const queue = queueOf(state, name);
  const most = queue?.arguments.maxLength;
  return queue !== undefined && most !== undefined && queue.ready.length >= most;
};

const append = (
  state: BrokerState,
  name: string,
  { exchange, routingKey, message, now }: Publishing,
): BrokerState => {
  const queue = queueOf(state, name);
  if (queue === undefined) return state;
  const { properties, body } = message;
  const livesMs = Number(properties.expiration ?? Number.NaN);
  const stored = {
    properties,
    body,
    exchange,
    routingKey,
    redelivered: false,
    deliveryCount: 0,
    ...present({
      expiresAt: now === undefined || Number.isNaN(livesMs) ? undefined : now + livesMs,
    }),
  };
  return withQueue(state, name, {
    ...queue,
    ready: [...queue.ready, stored],
    ledger: withCounts(queue.ledger, { entered: 1 }),
  });
};

const wordsMatch = (pattern: readonly string[], words: readonly string[]): boolean => {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') {
    return wordsMatch(rest, words) || (words.length > 0 && wordsMatch(pattern, words.slice(1)));
  }
  return (
    words.length > 0 && (first === '*' || first === words[0]) && wordsMatch(rest, words.slice(1))
  );
};
