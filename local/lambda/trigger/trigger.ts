import type { ConsumeMessage } from 'amqplib';
import type { TriggerInput, TriggerOrder } from '../../../models/trigger/state.ts';
import { newTrigger } from '../../../models/trigger/state.ts';
import { nextTickAt, take } from '../../../models/trigger/trigger.ts';
import { deliveryLimit } from '../../../shared/rabbit/topology-plan.ts';
import type { BrokerLogin } from '../../secrets/users.ts';
import type { Invoke } from '../invoke.ts';
import type { TriggerPlan } from '../plan-mappings.ts';
import { startConsumer } from './consumer.ts';
import { messageOf } from './message.ts';

/** What a trigger needs, besides its plan. */
export interface TriggerParts {
  readonly amqpUrl: () => string;
  readonly credentials: BrokerLogin;
  readonly invoke: Invoke;
  readonly log: (line: string) => void;
}

/**
 * Runs an Amazon MQ trigger: the model decides, with the real clock, a consumer of the real broker, and the function. Messages of a
 * lost connection belong to the broker again, and so does a batch that waits for its next try when the trigger stops.
 */
export const startTrigger = (
  plan: TriggerPlan,
  parts: TriggerParts,
): { readonly stop: () => Promise<void> } => {
  let state = newTrigger({
    eventSourceArn: plan.sourceArn,
    queue: plan.queue,
    virtualHost: plan.virtualHost,
    batchSize: plan.batchSize,
    windowMs: plan.windowMs,
    deliveryLimit,
  });
  const delivered = new Map<number, ConsumeMessage>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const each = (tags: readonly number[], settle: (message: ConsumeMessage) => void): void => {
    for (const tag of tags) {
      const message = delivered.get(tag);
      delivered.delete(tag);
      if (message !== undefined) settle(message);
    }
  };

  const run = async (order: Extract<TriggerOrder, { kind: 'invoke' }>): Promise<void> => {
    const { batch, event } = order;
    const ended = await parts
      .invoke(plan.functionName, JSON.stringify(event))
      .catch((cause: unknown) => ({ ok: false, payload: String(cause) }));
    if (stopped) return;
    if (!ended.ok) {
      parts.log(
        `${plan.functionName} failed; its batch is tried again before any other: ${ended.payload.slice(0, 300)}`,
      );
    }
    apply({ kind: ended.ok ? 'returned' : 'failed', batch });
  };

  const carryOut = (order: TriggerOrder): void => {
    switch (order.kind) {
      case 'invoke':
        void run(order);
        return;
      case 'ack':
        each(order.tags, consumer.ack);
        return;
      case 'drop':
        parts.log(`${plan.queue}: ${order.tags.length} messages dropped (${order.why})`);
        each(order.tags, order.why === 'too large' ? consumer.ack : consumer.reject);
        return;
    }
  };

  const apply = (input: TriggerInput): void => {
    const reaction = take(state, input, Date.now());
    state = reaction.state;
    for (const order of reaction.orders) carryOut(order);
    clearTimeout(timer);
    const at = nextTickAt(state);
    if (at === undefined || stopped) return;
    timer = setTimeout(() => apply({ kind: 'tick' }), Math.max(0, at - Date.now()));
  };

  const consumer = startConsumer(
    // The next batch is collected while one is processed.
    { ...plan, ...parts, prefetch: Math.min(2 * plan.batchSize, 65_535) },
    {
      delivered: (message) => {
        delivered.set(message.fields.deliveryTag, message);
        apply({ kind: 'message', message: messageOf(message) });
      },
      lost: () => {
        delivered.clear();
        apply({ kind: 'disconnected' });
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
