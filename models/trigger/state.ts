import type { RabbitEvent, Source, TriggerMessage } from './event.ts';

export interface TriggerOptions extends Source {
  /** 1–10,000 (Lambda API, CreateEventSourceMapping). */
  readonly batchSize: number;
  /** The wait from the first message to the batch: 500 by default, else whole seconds up to 300. */
  readonly windowMs: number;
  /**
   * How often a message may come back before it is dropped; −1 means no limit. It replaces the limit
   * that the queue has on RabbitMQ 4.2, because an older broker has no such limit.
   */
  readonly deliveryLimit: number;
  /** The pause before a failed batch is tried again. AWS does not document its own; zero would be a busy loop. */
  readonly retryDelayMs: number;
}

/** One trigger on one queue, as one plain JSON value that never changes in place. */
export interface TriggerState {
  readonly options: TriggerOptions;
  /** Messages that are delivered and not yet in an invocation, in order. */
  readonly waiting: readonly Waiting[];
  /** The batch that failed last, else empty. It is invoked again as a whole, before the waiting messages. */
  readonly held: readonly Waiting[];
  /** The batch of the running invocation. */
  readonly invoking: Batch | null;
  readonly notBefore: number;
  readonly counts: TriggerCounts;
}

export interface Waiting {
  readonly message: TriggerMessage;
  /** The bytes of its record in the event. */
  readonly bytes: number;
  readonly arrivedAt: number;
}

export interface Batch {
  readonly batch: number;
  readonly messages: readonly Waiting[];
}

export interface TriggerCounts {
  readonly batches: number;
  readonly failed: number;
  readonly acknowledged: number;
  readonly tooLarge: number;
  readonly overLimit: number;
}

export type TriggerInput =
  | { readonly kind: 'message'; readonly message: TriggerMessage }
  /** The function returned; the value does not matter. */
  | { readonly kind: 'returned'; readonly batch: number }
  /** The function threw, ran out of time, or was throttled. */
  | { readonly kind: 'failed'; readonly batch: number }
  /** The connection to the broker is lost: the broker has requeued the unacknowledged messages. */
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'tick' };

/**
 * What the caller must do with the function and the broker. `drop` means `basic.ack` for a body that
 * is too large, as at AWS, and `basic.reject` without requeue over the delivery limit, so that the
 * message goes to the queue's dead-letter exchange. A failed batch stays here and is invoked again.
 */
export type TriggerOrder =
  | {
      readonly kind: 'invoke';
      readonly batch: number;
      readonly event: RabbitEvent;
      readonly tags: readonly number[];
    }
  | { readonly kind: 'ack'; readonly tags: readonly number[] }
  | {
      readonly kind: 'drop';
      readonly tags: readonly number[];
      readonly why: 'too large' | 'delivery limit';
    };

export interface TriggerReaction {
  readonly state: TriggerState;
  readonly orders: readonly TriggerOrder[];
}

const noCounts: TriggerCounts = {
  batches: 0,
  failed: 0,
  acknowledged: 0,
  tooLarge: 0,
  overLimit: 0,
};

export const newTrigger = (options: Source & Partial<TriggerOptions>): TriggerState => ({
  options: { batchSize: 100, windowMs: 500, deliveryLimit: -1, retryDelayMs: 1000, ...options },
  waiting: [],
  held: [],
  invoking: null,
  notBefore: 0,
  counts: noCounts,
});

/** The state with these numbers added to its counts. */
export const counted = (state: TriggerState, more: Partial<TriggerCounts>): TriggerState => {
  const { counts } = state;
  return {
    ...state,
    counts: {
      batches: counts.batches + (more.batches ?? 0),
      failed: counts.failed + (more.failed ?? 0),
      acknowledged: counts.acknowledged + (more.acknowledged ?? 0),
      tooLarge: counts.tooLarge + (more.tooLarge ?? 0),
      overLimit: counts.overLimit + (more.overLimit ?? 0),
    },
  };
};
