import { bind, declareExchange, declareQueue } from '../../models/broker/declare.ts';
import { publish } from '../../models/broker/publish.ts';
import { type BrokerState, newBroker, type Stored } from '../../models/broker/state.ts';
import type { Broker, Sent } from '../../shared/ports.ts';
import { brokerOver } from '../../shared/rabbit/broker.ts';
import type { Letter } from '../../shared/rabbit/lane.ts';

/** A broker over the model of its queues, which are declared as `topology` declares them. */
export interface MemoryBroker extends Broker {
  /** The state of the model. A test may assign another one, to consume messages or to break something. */
  state: BrokerState;
  /** The ready messages of a queue, first to last; bodies are base64. */
  readonly ready: (queue: string) => readonly Stored[];
  /** Declares a queue of a listener: bound to the events by a pattern, or only for replies. */
  readonly listen: (queue: string, pattern?: string) => void;
  /** RabbitMQ cannot be reached until `reconnect`. */
  readonly disconnect: (why: string) => void;
  readonly reconnect: () => void;
}

export const memoryBroker = (source = '/davit/test'): MemoryBroker => {
  let failure: string | undefined;
  const send = async (_line: string, letter: Letter): Promise<Sent> => {
    if (failure !== undefined) return { kind: 'failed', why: failure };
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
          failure === undefined ? broker.state.queues[queue]?.ready.length : undefined,
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
    disconnect: (why) => {
      failure = why;
    },
    reconnect: () => {
      failure = undefined;
    },
  };
  return broker;
};

/** Direct reply-to addresses a channel, and the model has no channels: a direct reply counts as sent. */
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
    ['davit.doorbells', {}],
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
