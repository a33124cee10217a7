import type { Headers, HeaderValue } from '../amqp.ts';
import { isObject } from '../object.ts';
import { present } from '../present.ts';
import { publish, routesOf } from './publish.ts';
import { type BrokerState, type Message, queueOf, type Stored } from './state.ts';

export type DeathReason = 'rejected' | 'delivery_limit' | 'expired';

/** A message with the queue that dead-letters it. */
type Dying = Stored & { readonly queue: string };

/**
 * Publishes a copy to the queue's dead-letter exchange, with the reason in the header `x-death`. It is
 * not `taken` when there is no exchange or no queue matches: then the message is lost, as in RabbitMQ.
 */
export const deadLetter = (
  state: BrokerState,
  delivery: Dying,
  why: { readonly reason: DeathReason; readonly now: number },
): { readonly state: BrokerState; readonly taken: boolean } => {
  const args = queueOf(state, delivery.queue)?.arguments;
  const exchange = args?.deadLetterExchange;
  if (exchange === undefined) return { state, taken: false };
  const routingKey = args?.deadLetterRoutingKey ?? delivery.routingKey;
  if ((routesOf(state, exchange, routingKey) ?? []).length === 0) return { state, taken: false };
  const message = withDeath(delivery, why);
  const published = publish(state, { exchange, routingKey, mandatory: false, message });
  return { state: published.state, taken: published.answer === 'routed' };
};

/** `x-death` has one entry for each queue and reason, the latest first; other headers keep the first death. */
const withDeath = (
  delivery: Dying,
  { reason, now }: { readonly reason: DeathReason; readonly now: number },
): Message => {
  const { expiration, ...properties } = delivery.properties;
  const headers: Headers = properties.headers ?? {};
  const { 'x-delivery-count': _countOfThisQueue, ...kept } = headers;
  const before = deathsIn(headers);
  const isSame = (death: Headers) => death.queue === delivery.queue && death.reason === reason;
  const count = before.find(isSame)?.count;
  const death = {
    count: (typeof count === 'number' ? count : 0) + 1,
    reason,
    queue: delivery.queue,
    time: Math.floor(now / 1000),
    exchange: delivery.exchange,
    'routing-keys': [delivery.routingKey],
    // With its expiration the copy would expire again: RabbitMQ removes the property and keeps its value here.
    ...present({ 'original-expiration': expiration }),
  };
  return {
    body: delivery.body,
    properties: {
      ...properties,
      headers: {
        'x-first-death-exchange': delivery.exchange,
        'x-first-death-queue': delivery.queue,
        'x-first-death-reason': reason,
        ...kept,
        'x-death': [death, ...before.filter((each) => !isSame(each))],
      },
    },
  };
};

const deathsIn = (headers: Headers): readonly Headers[] => {
  const deaths = headers['x-death'];
  return isList(deaths) ? deaths.filter(isTable) : [];
};

const isList = (value: HeaderValue | undefined): value is readonly HeaderValue[] =>
  Array.isArray(value);

const isTable = (value: HeaderValue): value is Headers => isObject(value);
