import type { ConsumeMessage } from 'amqplib';
import type { Invoke } from '../lambda/invoke.ts';
import type { Credentials } from '../secrets.ts';
import type { TriggerPlan } from '../template/plan-mappings.ts';
import { startConsumer } from './consumer.ts';
import { rabbitEvent } from './event.ts';

/** What a trigger needs beside its plan. */
export type TriggerParts = {
  readonly amqpUrl: () => string;
  readonly credentials: Credentials;
  readonly invoke: Invoke;
  readonly log: (line: string) => void;
};

/** Bodies grow by a third as base64, and Lambda takes events of 6 MB: larger ones are dropped, a batch ends before. */
const maxBodyBytes = 4 * 1024 * 1024;

const takeBatch = (buffer: ConsumeMessage[], batchSize: number): ConsumeMessage[] => {
  let bytes = 0;
  let count = 0;
  for (const message of buffer) {
    bytes += message.content.length;
    if (count === batchSize || (count > 0 && bytes > maxBodyBytes)) break;
    count += 1;
  }
  return buffer.splice(0, count);
};

/**
 * Runs an Amazon MQ trigger as AWS does: one invocation at a time, batches by size, window or 6 MB, an
 * acknowledgement when the function returns, and the whole batch again when it fails.
 */
export const startTrigger = (
  plan: TriggerPlan,
  parts: TriggerParts,
): { readonly stop: () => Promise<void> } => {
  const buffer: ConsumeMessage[] = [];
  let busy = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const settle = (batch: readonly ConsumeMessage[], succeeded: boolean): void => {
    for (const message of batch) {
      if (succeeded) consumer.ack(message);
      else consumer.requeue(message);
    }
  };

  const run = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (busy || stopped || buffer.length === 0) return;
    busy = true;
    const batch = takeBatch(buffer, plan.batchSize);
    try {
      const event = JSON.stringify(
        rabbitEvent(
          plan,
          batch.map((m) => ({
            ...m,
            redelivered: m.fields.redelivered,
            properties: { ...m.properties },
          })),
        ),
      );
      const result = await parts.invoke(plan.functionName, event);
      if (!result.ok && !stopped) parts.log(`${plan.functionName} failed, the batch comes again`);
      settle(batch, result.ok);
    } finally {
      busy = false;
      soon();
    }
  };

  function soon(): void {
    if (buffer.length === 0 || busy || timer !== undefined) return;
    timer = setTimeout(() => void run().catch(() => undefined), plan.windowMs);
  }

  const consumer = startConsumer(
    { ...plan, ...parts, prefetch: Math.min(2 * plan.batchSize, 65_535) },
    {
      delivered: (message) => {
        if (message.content.length > maxBodyBytes) {
          parts.log(`a message of ${message.content.length} bytes on ${plan.queue} is dropped`);
          consumer.ack(message);
          return;
        }
        buffer.push(message);
        soon();
      },
      lost: () => {
        buffer.length = 0;
      },
    },
    parts.log,
  );

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await consumer.stop();
    },
  };
};
