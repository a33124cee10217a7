import type { AsyncInvocations } from '../lambda/async.ts';
import type { AwsService } from '../service.ts';
import type { Queues } from '../sqs/queues.ts';
import { eventsApi } from './api.ts';
import type { EventsPlan } from './plan.ts';
import { type EventRouter, openRouter } from './router.ts';
import { busRules } from './routes.ts';

/** EventBridge, and its router for the services that emit events. Its schedules are started with the flow (local/flow.ts). */
export interface EventBridge extends AwsService {
  readonly emit: EventRouter['emit'];
}

/** Opens EventBridge with the rules of the template. Their targets are queues and functions. */
export const openEventBridge = (parts: {
  readonly plan: EventsPlan;
  readonly queues: Queues;
  readonly asynchronous: AsyncInvocations;
}): EventBridge => {
  const { plan, queues, asynchronous } = parts;
  const router = openRouter(busRules(plan.rules, queues, asynchronous));
  return { api: eventsApi(plan, router), emit: router.emit, stop: router.stop };
};
