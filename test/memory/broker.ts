import { bind, declareExchange, declareQueue } from '../../models/broker/declare.ts';
import { publish } from '../../models/broker/publish.ts';
import { type BrokerState, newBroker, type Stored } from '../../models/broker/state.ts';
import type { Broker, Sent } from '../../shared/ports.ts';
import { brokerOver } from '../../shared/rabbit/broker.ts';
import type { Letter } from '../../shared/rabbit/lane.ts';

/** The broker as a skin on the model of its queues, declared as `topology` does. */
export interface MemoryBroker extends Broker {
  /** The model, for whoever consumes or breaks things: what is assigned is what holds. */
  state: BrokerState;
  /** The ready messages of a queue, first to last; bodies are base64. */
  readonly ready: (queue: string) => readonly Stored[];
  /** A queue of a listener's own, bound to events by a pattern, or only for replies. */
  readonly listen: (queue: string, pattern?: string) => void;
  /** RabbitMQ cannot be reached until `back`. */
  readonly goAway: (why: string) => void;
  readonly back: () => void;
}

export const memoryBroker = (source = '/davit/test'): MemoryBroker => {
  let away: string | undefined;
  const send = async (_line: string, letter: Letter): Promise<Sent> => {
    if (away !== undefined) return { kind: 'failed', why: away };
    if (isDirect(letter)) return { kind: 'sent' };
    const { exchange, routingKey, properties } = letter;
    const published = publish(broker.state, {
      exchange,
      routingKey,
      mandatory: properties.mandatory === true,
      message: messageOf(letter),
    });
    broker.state = published.state;
    switch (published.answer) {
      case 'routed':
      case 'unroutable':
        return { kind: 'sent' };
      case 'returned':
        return { kind: 'unroutable' };
      case 'refused':
        return { kind: 'failed', why: 'RabbitMQ refused the message: is the queue full?' };
      case 'no exchange':
        return { kind: 'failed', why: `NOT_FOUND - no exchange '${exchange}' in vhost '/'` };
    }
  };
  const ready = (queue: string): readonly Stored[] => broker.state.queues[queue]?.ready ?? [];
  const broker: MemoryBroker = {
    ...brokerOver(
      {
        send,
        ready: async (queue) =>
          away === undefined ? broker.state.queues[queue]?.ready.length : undefined,
      },
      { source, replyPrefix: 'reply.' },
    ),
    state: declared(),
    ready,
    listen: (queue, pattern) => {
      broker.state = declareQueue(broker.state, queue).state;
      if (pattern !== undefined) {
        broker.state = bind(broker.state, { exchange: 'davit.events', queue, key: pattern }).state;
      }
    },
    goAway: (why) => {
      away = why;
    },
    back: () => {
      away = undefined;
    },
  };
  return broker;
};

/** Direct reply-to addresses a channel, of which the model knows nothing: such a reply counts as sent. */
const isDirect = ({ routingKey }: Letter): boolean => routingKey.startsWith('amq.rabbitmq.');

const messageOf = ({ body, properties }: Letter) => {
  const { persistent, mandatory: _how, expiration: _none, ...rest } = properties;
  return {
    body: Buffer.from(body).toString('base64'),
    properties: {
      ...rest,
      deliveryMode: persistent ? 2 : 1,
    },
  };
};

const declared = (): BrokerState => {
  const toDropped = { deadLetterExchange: 'davit.dlx', deliveryLimit: -1 };
  const queues = [
    ['davit.tasks', toDropped],
    ['davit.control', toDropped],
    ['davit.dead', {}],
    ['davit.dropped', {}],
  ] as const;
  const withQueues = queues.reduce(
    (state, [queue, args]) => declareQueue(state, queue, args).state,
    newBroker('4.2'),
  );
  const withEvents = declareExchange(withQueues, 'davit.events', 'topic').state;
  const withDead = declareExchange(withEvents, 'davit.dlx', 'fanout').state;
  return bind(withDead, { exchange: 'davit.dlx', queue: 'davit.dropped', key: '' }).state;
};
