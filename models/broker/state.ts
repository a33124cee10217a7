import type { BasicProperties } from '../amqp.ts';
import { ownOf } from '../own.ts';

/**
 * RabbitMQ's versions limit the redelivery of quorum queues in different ways: 3.13 has no default
 * limit, and a negative limit counts as such; 4.2 has the default 20, and −1 means no limit; 4.3 also
 * does not count `basic.nack` with requeue (Amazon MQ guide, quorum queues; rabbitmq-server PR 15387).
 */
export type Engine = '3.13' | '4.2' | '4.3';

/** One virtual host, as one plain JSON value that never changes in place. */
export interface BrokerState {
  readonly engine: Engine;
  readonly exchanges: Readonly<Record<string, ExchangeType>>;
  readonly queues: Readonly<Record<string, Queue>>;
  readonly bindings: readonly Binding[];
  /** The next delivery tag; all consumers share one sequence. */
  readonly nextTag: number;
}

export type ExchangeType = 'direct' | 'topic' | 'fanout';

export interface Binding {
  readonly exchange: string;
  readonly queue: string;
  readonly key: string;
}

/** The arguments of a queue's declaration. */
export interface QueueArguments {
  readonly deliveryLimit?: number;
  readonly deadLetterExchange?: string;
  readonly deadLetterRoutingKey?: string;
  /** With overflow `reject-publish`: a full queue refuses the publisher. */
  readonly maxLength?: number;
}

/** A durable quorum queue. `ready` is in the order of delivery, returned messages first. */
export interface Queue {
  readonly arguments: QueueArguments;
  readonly ready: readonly Stored[];
  readonly unacked: readonly Delivery[];
  readonly ledger: Ledger;
}

/** What happened to every message that entered: `entered` is the sum of the others and of the messages still in the queue. */
export interface Ledger {
  readonly entered: number;
  readonly acked: number;
  readonly purged: number;
  readonly deadLettered: number;
  readonly dropped: number;
}

/** The model does not read `body`: it may be base64, or plain text in a test. */
export interface Message {
  readonly properties: BasicProperties;
  readonly body: string;
}

export interface Stored extends Message {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  /** How many of its returns count for the delivery limit. */
  readonly deliveryCount: number;
  /** When it expires by its property `expiration`, which counts from its entry into this queue. */
  readonly expiresAt?: number;
}

export interface Delivery extends Stored {
  readonly tag: number;
  readonly queue: string;
  readonly connection: string;
}

export const newBroker = (engine: Engine = '4.2'): BrokerState => ({
  engine,
  exchanges: {},
  queues: {},
  bindings: [],
  nextTag: 1,
});

export const countsOf = (
  state: BrokerState,
  name: string,
): { readonly ready: number; readonly unacked: number } => {
  const queue = queueOf(state, name);
  return { ready: queue?.ready.length ?? 0, unacked: queue?.unacked.length ?? 0 };
};

export const queueOf = (state: BrokerState, name: string): Queue | undefined =>
  ownOf(state.queues, name);

export const withQueue = (state: BrokerState, name: string, queue: Queue): BrokerState => ({
  ...state,
  queues: { ...state.queues, [name]: queue },
});

/** The ledger with these numbers added. */
export const withCounts = (ledger: Ledger, more: Partial<Ledger>): Ledger => ({
  entered: ledger.entered + (more.entered ?? 0),
  acked: ledger.acked + (more.acked ?? 0),
  purged: ledger.purged + (more.purged ?? 0),
  deadLettered: ledger.deadLettered + (more.deadLettered ?? 0),
  dropped: ledger.dropped + (more.dropped ?? 0),
});
