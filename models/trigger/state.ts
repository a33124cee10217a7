import type { RabbitEvent, Source, TriggerMessage } from './event.ts';

export interface TriggerOptions extends Source {
  /** 1–10,000 (Lambda API, CreateEventSourceMapping). */
  readonly batchSize: number;
  /** From the first message that waits: 500 by default, else whole seconds up to 300. */
  readonly windowMs: number;
  /**
   * How often a message may come back before it is given up; −1 is no limit. It stands for the
   * limit that the queue would have on RabbitMQ 4.2, where an older broker cannot be told of it.
   */
  readonly deliveryLimit: number;
  /** AWS says nothing of its pause before a failed batch is tried again; zero is a hot loop. */
  readonly retryDelayMs: number;
}

/** One trigger on one queue, as one plain JSON value that is never changed in place. */
export interface TriggerState {
  readonly options: TriggerOptions;
  /** Delivered and not yet in an invocation, in order. */
  readonly waiting: readonly Waiting[];
  /** The batch that failed last and goes again, whole, before anything that waits; else empty. */
  readonly held: readonly Waiting[];
  /** The one invocation that runs. */
  readonly invoking: Batch | null;
  readonly notBefore: number;
  readonly counts: TriggerCounts;
}

export interface Waiting {
  readonly message: TriggerMessage;
  /** Bytes of its record in the event. */
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
  /** The function answered, whatever it answered. */
  | { readonly kind: 'returned'; readonly batch: number }
  /** The function threw, ran out of time, or was throttled. */
  | { readonly kind: 'failed'; readonly batch: number }
  /** The connection to the broker is gone: it has taken back what was not acknowledged. */
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'tick' };

/**
 * What the trigger's owner must do with the function and the broker. `drop` means `basic.ack` for a
 * body that is too large, as AWS does, and `basic.reject` without requeue over the delivery limit,
 * so that the queue's dead-letter exchange gets it. What failed is not given back: it goes again from here.
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

/** The state with more in the counts that are named. */
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
