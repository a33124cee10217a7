import { ownOf } from '../own.ts';
import type { Rng } from '../random.ts';
import { failedItems } from './failed-items.ts';
import { received, viewOf } from './receive.ts';
import type { QueuedMessage, QueuesState } from './types.ts';

/** An event source mapping of Lambda from a queue to a function. */
export interface PollerOptions {
  readonly queue: string;
  readonly batchSize: number;
  /** How long a batch waits for more messages. */
  readonly windowMs: number;
  readonly maxConcurrency: number;
  /** With `ReportBatchItemFailures` the function names the messages that failed; else a batch fails or succeeds as a whole. */
  readonly reportsItems: boolean;
}

/** One mapping with its queues, as one plain JSON value that never changes in place. */
export interface PollerState {
  readonly options: PollerOptions;
  readonly queues: QueuesState;
  readonly running: readonly Batch[];
  readonly nextBatch: number;
  /** When the first message of the next batch was seen. */
  readonly windowSince: number | null;
}

interface Batch {
  readonly batch: number;
  readonly messages: readonly QueuedMessage[];
}

/** The event of a batch (Lambda developer guide, "Using Lambda with Amazon SQS"), without the MD5 of the bodies. */
export interface SqsEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly messageAttributes: Readonly<Record<string, never>>;
    readonly eventSource: 'aws:sqs';
    readonly eventSourceARN: string;
    readonly awsRegion: string;
  }[];
}

export interface Invocation {
  readonly batch: number;
  readonly event: SqsEvent;
}

/** A mapping that is idle. The defaults are those of Lambda, but that of the concurrency. */
export const newPoller = (
  queues: QueuesState,
  options: Partial<PollerOptions> & Pick<PollerOptions, 'queue'>,
): PollerState => ({
  options: { batchSize: 10, windowMs: 0, maxConcurrency: 1000, reportsItems: false, ...options },
  queues,
  running: [],
  nextBatch: 1,
  windowSince: null,
});

/** Receives what may be invoked at `now`: full batches at once, others when their window is over. */
export const poll = (
  state: PollerState,
  now: number,
  rng: Rng,
): { readonly state: PollerState; readonly invocations: readonly Invocation[] } => {
  let next = state;
  const invocations: Invocation[] = [];
  for (let at = nextPollAt(next, now); at !== undefined && at <= now; ) {
    const done = received(
      next.queues,
      { name: next.options.queue, most: next.options.batchSize },
      { now, rng },
    );
    const { messages } = done;
    next = { ...next, queues: done.state, windowSince: null };
    if (messages.length === 0) break;
    const batch = next.nextBatch;
    invocations.push({ batch, event: eventOf(next, messages) });
    next = { ...next, nextBatch: batch + 1, running: [...next.running, { batch, messages }] };
    at = nextPollAt(next, now);
  }
  const isWaiting = visibleIn(next, now) > 0 && next.windowSince === null;
  return { state: isWaiting ? { ...next, windowSince: now } : next, invocations };
};

/** When `poll` has something to do next; undefined while it waits for messages or for a running batch. */
export const nextPollAt = (state: PollerState, now: number): number | undefined => {
  const { options, running, windowSince } = state;
  if (running.length >= options.maxConcurrency) return undefined;
  const times = messagesIn(state).map(({ visibleAt }) => visibleAt);
  if (times.length === 0) return undefined;
  const visible = times.filter((at) => at <= now).length;
  if (visible === 0) return Math.min(...times);
  return visible >= options.batchSize ? now : (windowSince ?? now) + options.windowMs;
};

/**
 * The function ended. What succeeded is deleted; what failed becomes visible again when its visibility timeout is over, as
 * does the whole batch of a function that threw, ran out of time or was throttled.
 */
export const ended = (
  state: PollerState,
  {
    batch,
    result,
  }: {
    readonly batch: number;
    readonly result:
      | { readonly kind: 'returned'; readonly value: unknown }
      | { readonly kind: 'failed' };
  },
): PollerState => {
  const found = state.running.find((one) => one.batch === batch);
  const running = state.running.filter((one) => one.batch !== batch);
  if (found === undefined || result.kind === 'failed') return { ...state, running };
  const failed = state.options.reportsItems
    ? failedItems(
        result.value,
        found.messages.map(({ id }) => id),
      )
    : new Set<string>();
  if (failed === undefined) return { ...state, running };
  const receipts = new Set(
    found.messages.filter(({ id }) => !failed.has(id)).map(({ receipt }) => receipt),
  );
  return { ...state, running, queues: withoutReceipts(state, receipts) };
};

const messagesIn = ({ queues, options }: PollerState): readonly QueuedMessage[] =>
  ownOf(queues.queues, options.queue)?.messages ?? [];

const visibleIn = (state: PollerState, now: number): number =>
  messagesIn(state).filter(({ visibleAt }) => visibleAt <= now).length;

const withoutReceipts = (state: PollerState, receipts: ReadonlySet<string>): QueuesState => {
  const { queue: name } = state.options;
  const queue = ownOf(state.queues.queues, name);
  if (queue === undefined) return state.queues;
  const messages = queue.messages.filter(({ receipt }) => !receipts.has(receipt));
  return {
    ...state.queues,
    queues: { ...state.queues.queues, [name]: { ...queue, messages } },
  };
};

const eventOf = (
  { options, queues }: PollerState,
  messages: readonly QueuedMessage[],
): SqsEvent => ({
  Records: messages.map((message) => {
    const { MessageId, ReceiptHandle, Body, Attributes } = viewOf(message);
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${queues.region}:${queues.account}:${options.queue}`,
      awsRegion: queues.region,
    };
  }),
});
