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

/** What a trigger needs beside its plan. */
export interface TriggerParts {
  readonly amqpUrl: () => string;
  readonly credentials: BrokerLogin;
  readonly invoke: Invoke;
  readonly log: (line: string) => void;
}

/**
 * Runs an Amazon MQ trigger: the model decides, with the real clock, a consumer of the real broker, and the
 * function. What a lost connection had delivered is the broker's again, and so is a batch that waits to go
 * again when the trigger stops.
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
        `${plan.functionName} failed, its batch goes again before any other: ${ended.payload.slice(0, 300)}`,
      );
    }
    tell({ kind: ended.ok ? 'returned' : 'failed', batch });
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

  const tell = (input: TriggerInput): void => {
    const reaction = take(state, input, Date.now());
    state = reaction.state;
    for (const order of reaction.orders) carryOut(order);
    clearTimeout(timer);
    const at = nextTickAt(state);
    if (at === undefined || stopped) return;
    timer = setTimeout(() => tell({ kind: 'tick' }), Math.max(0, at - Date.now()));
  };

  const consumer = startConsumer(
    // While one batch is worked off the next one gathers.
    { ...plan, ...parts, prefetch: Math.min(2 * plan.batchSize, 65_535) },
    {
      delivered: (message) => {
        delivered.set(message.fields.deliveryTag, message);
        tell({ kind: 'message', message: messageOf(message) });
      },
      lost: () => {
        delivered.clear();
        tell({ kind: 'disconnected' });
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
