import { failedItems } from '../../models/sqs/failed-items.ts';
import type { QueueMessage } from '../sqs/queue-entries.ts';
import { md5Of, type Queues } from '../sqs/queues.ts';
import type { Invoke } from './invoke.ts';

/** An event source mapping from an SQS queue to a function. */
export interface QueueMapping {
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly maxConcurrency: number;
  /** With `ReportBatchItemFailures` the function names the messages that failed; else a batch fails or succeeds as a whole. */
  readonly reportsItems: boolean;
}

/** So many batches run at once, whatever their size. Further ones must be full, because each takes a process of this machine. */
const partialBatches = 2;

/**
 * Polls a queue for a function as Lambda does: batches by size or window, several at once. Messages that succeeded are deleted;
 * those that failed become visible again when their visibility timeout is over.
 */
export const startQueueMapping = (
  mapping: QueueMapping,
  parts: { readonly queues: Queues; readonly invoke: Invoke; readonly region: string },
): { readonly stop: () => void } => {
  const { queues } = parts;
  let inFlight = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let windowSince: number | undefined;

  const settle = (batch: readonly QueueMessage[], payload: string | undefined): void => {
    if (payload === undefined || stopped) return;
    const failed = mapping.reportsItems
      ? failedItems(
          responseIn(payload),
          batch.map((message) => message.id),
        )
      : new Set<string>();
    if (failed === undefined) return;
    for (const message of batch) {
      if (!failed.has(message.id)) queues.remove(mapping.queueArn, message.receipt);
    }
  };

  const invoke = async (batch: readonly QueueMessage[]): Promise<void> => {
    inFlight += 1;
    try {
      const event = { Records: batch.map((message) => recordOf(mapping, parts.region, message)) };
      const answer = await parts.invoke(mapping.functionName, JSON.stringify(event));
      settle(batch, answer.ok ? answer.payload : undefined);
    } finally {
      inFlight -= 1;
      poll();
    }
  };

  const wait = (delayMs: number): void => {
    clearTimeout(timer);
    // A timer longer than 2^31 ms would fire at once.
    timer = setTimeout(poll, Math.min(Math.max(delayMs, 1), 60_000));
  };

  /** How long the batch still waits for more messages; 0 if it may be sent. */
  const windowLeftMs = (visible: number, now: number): number => {
    if (mapping.windowMs === 0 || visible >= mapping.batchSize) return 0;
    windowSince ??= now;
    return Math.max(0, windowSince + mapping.windowMs - now);
  };

  /** When the next batch may be sent; undefined if there is none, or none that is worth another process. */
  const nextBatchAt = (now: number): number | undefined => {
    const { visible, nextAt } = queues.outlook(mapping.queueArn);
    if (visible === 0) return nextAt;
    if (inFlight >= partialBatches && visible < mapping.batchSize) return undefined;
    return now + windowLeftMs(visible, now);
  };

  const poll = (): void => {
    while (!stopped && inFlight < mapping.maxConcurrency) {
      const now = Date.now();
      const batchAt = nextBatchAt(now);
      if (batchAt === undefined) return;
      if (batchAt > now) {
        wait(batchAt - now);
        return;
      }
      windowSince = undefined;
      const batch = queues.receive(mapping.queueArn, mapping.batchSize);
      if (batch.length > 0) void invoke(batch).catch(() => undefined);
    }
  };

  // In a later turn, so that events that arrive together share a batch.
  queues.onSend(mapping.queueArn, () => setImmediate(poll));
  setImmediate(poll);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
};

/** What the function returned; the text itself when it is no JSON, which no partial response is. */
const responseIn = (payload: string): unknown => {
  try {
    return payload === '' ? null : JSON.parse(payload);
  } catch {
    return payload;
  }
};

const recordOf = (mapping: QueueMapping, region: string, message: QueueMessage): object => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
    SenderId: 'AIDALOCAL',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  },
  messageAttributes: {},
  md5OfBody: md5Of(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: mapping.queueArn,
  awsRegion: region,
});
