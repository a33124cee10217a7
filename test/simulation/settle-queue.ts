import { type PolledQueue, polledQueueOf } from './polled-queue.ts';
import type { World } from './world.ts';

/** The SQS queue of ECS's events, and settle's poller on it, as in infra/queues.yml and serverless.yml. */
export const settleQueueOf = (world: World): PolledQueue =>
  polledQueueOf(world, {
    flow: 'settle',
    stream: 'sqs',
    queue: {
      name: 'events',
      visibilityTimeoutMs: 180_000,
      redrive: { deadQueue: 'dead-events', maxReceiveCount: 5 },
    },
    mapping: { batchSize: 10, maxConcurrency: 5, reportsItems: true },
  });
