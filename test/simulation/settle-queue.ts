import type { Lambda } from './lambda.ts';
import type { World } from './world.ts';

interface Record {
  readonly messageId: string;
  readonly body: string;
  receives: number;
}

/** The SQS queue of ECS's events, and Lambda's poller on it. */
export interface SettleQueue {
  readonly send: (body: string) => void;
  readonly start: (lambda: Lambda) => void;
  readonly waiting: () => number;
}

const visibilityMs = 180_000;
const mostReceives = 5;
const batchSize = 10;

/** A standard queue: without order, at least once. */
export const settleQueueOf = (world: World): SettleQueue => {
  const { timeline } = world;
  const chance = world.chance('sqs');
  const visible: Record[] = [];
  let hidden = 0;
  let lambda: Lambda | undefined;
  let sent = 0;
  let isPolling = false;

  const back = (records: readonly Record[]): void => {
    hidden += records.length;
    timeline.at(timeline.now() + visibilityMs, () => {
      hidden -= records.length;
      for (const record of records) if (record.receives < mostReceives) visible.push(record);
      poll();
    });
  };

  const poll = (): void => {
    if (isPolling || visible.length === 0 || lambda === undefined) return;
    isPolling = true;
    timeline.at(timeline.now() + chance.whole(10, 200), () => {
      isPolling = false;
      const batch: Record[] = [];
      while (batch.length < batchSize && visible.length > 0) {
        const [record] = visible.splice(chance.whole(0, visible.length - 1), 1);
        if (record) batch.push(record);
      }
      for (const record of batch) record.receives += 1;
      const event = { Records: batch.map(({ messageId, body }) => ({ messageId, body })) };
      lambda?.invoke('settle', event, (how) => {
        if (how.kind === 'failed') return back(batch);
        const failed = failedIn(how.value);
        back(batch.filter(({ messageId }) => failed.includes(messageId)));
      });
      poll();
    });
  };

  return {
    send: (body) => {
      sent += 1;
      visible.push({ messageId: `event-${sent}`, body, receives: 0 });
      poll();
    },
    start: (given) => {
      lambda = given;
      poll();
    },
    waiting: () => visible.length + hidden,
  };
};

const failedIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null || !('batchItemFailures' in value)) return [];
  const { batchItemFailures } = value;
  return Array.isArray(batchItemFailures)
    ? batchItemFailures.flatMap((one: unknown) =>
        typeof one === 'object' && one !== null && 'itemIdentifier' in one
          ? [String(one.itemIdentifier)]
          : [],
      )
    : [];
};
