import type { Cloud } from './cloud.ts';
import type { Lambda } from './lambda.ts';
import type { PolledQueue } from './polled-queue.ts';
import type { Rabbit } from './rabbit.ts';
import type { World } from './world.ts';

/** A world with all its parts. */
export interface LiveWorld extends World {
  readonly cloud: Cloud;
  readonly rabbit: Rabbit;
  readonly lambda: Lambda;
  readonly settleQueue: PolledQueue;
}
