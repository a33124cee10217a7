import type { Delivery } from '../../models/broker/state.ts';
import { newTrigger, type TriggerState } from '../../models/trigger/state.ts';
import type { FlowName } from './happening.ts';
import type { Plan } from './plan.ts';

/** A trigger of Lambda: from a queue of RabbitMQ to a function. */
export interface Mapping {
  readonly queue: string;
  readonly flow: FlowName;
  state: TriggerState;
  /** The messages that the function or the trigger has, by their tags. */
  readonly held: Map<number, Delivery>;
}

/** The triggers of serverless.yml, which hold no message yet. */
export const mappingsOf = ({ traits }: Plan): readonly Mapping[] =>
  (
    [
      ['davit.tasks', 'dispatch'],
      ['davit.doorbells', 'dispatch'],
      ['davit.control', 'control'],
      ['davit.dropped', 'control'],
    ] as const
  ).map(([queue, flow]) => ({
    queue,
    flow,
    held: new Map(),
    state: newTrigger({
      eventSourceArn: 'arn:aws:mq:eu-central-1:123456789012:broker:davit:b-1',
      queue,
      virtualHost: '/',
      deliveryLimit: flow === 'dispatch' ? traits.deliveryLimit : -1,
      batchSize: flow === 'dispatch' ? 100 : 10,
    }),
  }));
