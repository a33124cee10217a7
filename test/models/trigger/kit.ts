import type { BasicProperties } from '../../../models/amqp.ts';
import type { TriggerMessage } from '../../../models/trigger/event.ts';
import {
  newTrigger,
  type TriggerInput,
  type TriggerOptions,
  type TriggerOrder,
  type TriggerState,
} from '../../../models/trigger/state.ts';
import { take } from '../../../models/trigger/trigger.ts';

export const source = {
  eventSourceArn: 'arn:aws:mq:eu-central-1:123456789012:broker:davit-local:b-1',
  queue: 'davit.tasks',
  virtualHost: '/',
};

export interface Driven {
  now: number;
  state: TriggerState;
  readonly orders: TriggerOrder[];
  /** Applies an input; returns the orders that it caused, without their events. */
  take(input: TriggerInput): readonly string[];
}

export const newDriven = (options: Partial<TriggerOptions> = {}): Driven => {
  const driven: Driven = {
    now: 1000,
    state: newTrigger({ ...source, ...options }),
    orders: [],
    take(input) {
      const { state, orders } = take(driven.state, input, driven.now);
      driven.state = state;
      driven.orders.push(...orders);
      return orders.map((order) => {
        const why = order.kind === 'drop' ? ` (${order.why})` : '';
        return `${order.kind}${why} ${order.tags.join()}`;
      });
    },
  };
  return driven;
};

export const message = (tag: number, more: Partial<TriggerMessage> = {}): TriggerMessage => ({
  tag,
  properties: {},
  redelivered: false,
  deliveryCount: 0,
  bodyBase64: 'e30=',
  bodyBytes: 2,
  ...more,
});

/** A message with a body of this size. */
export const messageOfBytes = (
  tag: number,
  bodyBytes: number,
  properties: BasicProperties = {},
) => {
  const bodyBase64 = 'A'.repeat(Math.ceil(bodyBytes / 3) * 4);
  return message(tag, { bodyBase64, bodyBytes, properties });
};

export const arrive = (driven: Driven, ...messages: readonly TriggerMessage[]): readonly string[] =>
  messages.flatMap((each) => driven.take({ kind: 'message', message: each }));
