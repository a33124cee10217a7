import type { BasicProperties } from '../amqp.ts';
import { ownOf } from '../own.ts';

/**
 * RabbitMQ's engines differ in how they bound redelivery of quorum queues: 3.13 has no limit of its
 * own and takes a negative one literally; 4.2 has 20, and −1 for none; 4.3 in addition does not
 * count `basic.nack` with requeue (Amazon MQ guide, quorum queues; rabbitmq-server PR 15387).
 */
export type Engine = '3.13' | '4.2' | '4.3';

/** One virtual host, as one plain JSON value that is never changed in place. */
export interface BrokerState {
  readonly engine: Engine;
  readonly exchanges: Readonly<Record<string, ExchangeType>>;
  readonly queues: Readonly<Record<string, Queue>>;
  readonly bindings: readonly Binding[];
  /** The next delivery tag: one sequence for all consumers. */
  readonly nextTag: number;
}

export type ExchangeType = 'direct' | 'topic' | 'fanout';

export interface Binding {
  readonly exchange: string;
  readonly queue: string;
  readonly key: string;
}

/** What the queue was declared with. */
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

/** Where every message went that ever entered: the sum is `entered`, with what is still there. */
export interface Ledger {
  readonly entered: number;
  readonly acked: number;
  readonly purged: number;
  readonly deadLettered: number;
  readonly dropped: number;
}

/** `body` is whatever the caller calls a body: base64, or a text in a test. */
export interface Message {
  readonly properties: BasicProperties;
  readonly body: string;
}

export interface Stored extends Message {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  /** How often it came back and was counted for the delivery limit. */
  readonly deliveryCount: number;
  /** When its property `expiration` is over, counted from its entry into this queue. */
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

/** The ledger with more in the columns that are named. */
export const entered = (ledger: Ledger, more: Partial<Ledger>): Ledger => ({
  entered: ledger.entered + (more.entered ?? 0),
  acked: ledger.acked + (more.acked ?? 0),
  purged: ledger.purged + (more.purged ?? 0),
  deadLettered: ledger.deadLettered + (more.deadLettered ?? 0),
  dropped: ledger.dropped + (more.dropped ?? 0),
});
