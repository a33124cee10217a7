import { deleteQueue, purge } from '../../models/broker/declare.ts';
import { ack, closeConnection, deliver, reject } from '../../models/broker/deliver.ts';
import { expire } from '../../models/broker/expire.ts';
import { publish } from '../../models/broker/publish.ts';
import { type BrokerState, newBroker, queueOf } from '../../models/broker/state.ts';
import type { TriggerInput, TriggerOrder } from '../../models/trigger/state.ts';
import { nextTickAt, roomIn, take } from '../../models/trigger/trigger.ts';
import { present } from '../../shared/core/present.ts';
import { declared } from './declared-queues.ts';
import type { Lambda } from './lambda.ts';
import type { Postbox } from './post.ts';
import { type Mapping, mappingsOf } from './rabbit-mappings.ts';
import type { HappeningOf, World } from './world.ts';

/** RabbitMQ with its queues, and Lambda's triggers on them. */
export interface Rabbit {
  readonly state: () => BrokerState;
  /** Publishes without a fault, as a publisher that waits for its confirm and tries until it has one. */
  readonly publish: (what: HappeningOf<'publish'>) => void;
  /** For `postOf`. */
  readonly post: Postbox;
  /** Removes the ready messages. */
  readonly purge: (queue: string) => void;
  readonly deleteQueue: (queue: string) => void;
  readonly declare: () => void;
  /** All connections end, and unacknowledged messages are ready again. */
  readonly restart: () => void;
  readonly start: (lambda: Lambda) => void;
  /** How many messages the queues of functions hold, ready or unacknowledged. */
  readonly waiting: () => number;
}

/** A broker with the queues that `topology` declares, a queue `reply.web`, and two listeners. */
export const rabbitOf = (world: World): Rabbit => {
  const { timeline, watchers, plan } = world;
  let state = declared(newBroker('4.2'));
  let lambda: Lambda | undefined;
  const mappings = mappingsOf(plan);

  const isDown = (): boolean => {
    const trouble = world.troubleOf('rabbitmq');
    return trouble === 'silent' || trouble === 'refusing';
  };

  const put: Postbox['put'] = ({ exchange, routingKey, body, properties }) => {
    const { persistent, mandatory, expiration, CC: _cc, BCC: _bcc, ...rest } = properties;
    const published = publish(state, {
      exchange,
      routingKey,
      mandatory: mandatory === true,
      now: timeline.now(),
      message: {
        body: Buffer.from(body).toString('base64'),
        properties: {
          ...rest,
          ...present({ expiration: expiration === undefined ? undefined : String(expiration) }),
          deliveryMode: persistent ? 2 : 1,
        },
      },
    });
    state = published.state;
    const { answer } = published;
    // Their readers are quick.
    for (const queue of ['reply.web', 'davit.dead', 'listener']) state = purge(state, queue).state;
    if (answer === 'routed' || answer === 'unroutable' || answer === 'returned')
      watchers.published({ exchange, routingKey, body, properties }, answer);
    pull();
    return answer;
  };

  const handle = (mapping: Mapping, input: TriggerInput): void => {
    const reaction = take(mapping.state, input, timeline.now());
    mapping.state = reaction.state;
    for (const order of reaction.orders) carryOut(mapping, order);
    const at = nextTickAt(mapping.state);
    if (at !== undefined && at > timeline.now())
      timeline.at(at, () => {
        if ((nextTickAt(mapping.state) ?? Number.POSITIVE_INFINITY) <= timeline.now())
          handle(mapping, { kind: 'tick' });
      });
  };

  const carryOut = (mapping: Mapping, order: TriggerOrder): void => {
    if (order.kind === 'invoke') {
      const { batch, event } = order;
      lambda?.invoke(mapping.flow, event, ({ kind }) => {
        handle(mapping, { kind, batch });
        pull();
      });
      return;
    }
    const { tags } = order;
    const known = tags.flatMap((tag) => mapping.held.get(tag) ?? []);
    for (const tag of tags) mapping.held.delete(tag);
    const isRejected = order.kind === 'drop' && order.why === 'delivery limit';
    state = isRejected ? reject(state, tags, timeline.now()) : ack(state, tags);
    if (order.kind === 'ack') watchers.acknowledged(known, mapping.queue);
  };

  const pull = (): void => {
    if (isDown()) return;
    for (const mapping of mappings) {
      state = expire(state, mapping.queue, timeline.now());
      const room = roomIn(mapping.state);
      if (room === 0) continue;
      const { queue } = mapping;
      const taken = deliver(state, { queue, connection: queue, most: room });
      state = taken.state;
      for (const delivery of taken.deliveries) {
        mapping.held.set(delivery.tag, delivery);
        handle(mapping, {
          kind: 'message',
          message: {
            tag: delivery.tag,
            properties: delivery.properties,
            redelivered: delivery.redelivered,
            deliveryCount: delivery.deliveryCount,
            bodyBase64: delivery.body,
            bodyBytes: Buffer.from(delivery.body, 'base64').length,
          },
        });
      }
    }
  };

  const restart = (): void => {
    for (const mapping of mappings) {
      state = closeConnection(state, mapping.queue, timeline.now());
      mapping.held.clear();
      handle(mapping, { kind: 'disconnected' });
    }
    pull();
  };

  return {
    state: () => state,
    publish: ({ queue, id, body, run, dead, replyTo, priority, expiration }) => {
      const attempt = (): void => {
        if (isDown() || queueOf(state, queue) === undefined) {
          timeline.at(timeline.now() + 5_000, attempt);
          return;
        }
        put({
          exchange: '',
          routingKey: queue,
          body: new TextEncoder().encode(body),
          properties: {
            persistent: true,
            mandatory: true,
            ...present({
              messageId: id,
              replyTo,
              correlationId: replyTo === undefined ? undefined : `for ${id}`,
              priority,
              expiration,
              headers: headersOf(run, dead),
            }),
          },
        });
      };
      attempt();
    },
    post: { put, isDown, ready: (queue) => queueOf(state, queue)?.ready.length },
    purge: (queue) => {
      watchers.lost(queueOf(state, queue)?.ready ?? []);
      state = purge(state, queue).state;
    },
    deleteQueue: (name) => {
      const queue = queueOf(state, name);
      // A message that a function works on is not delivered again: it counts as acknowledged.
      watchers.lost([...(queue?.ready ?? []), ...(queue?.unacked ?? [])]);
      state = deleteQueue(state, name);
    },
    declare: () => {
      state = declared(state);
      pull();
    },
    restart,
    start: (given) => {
      lambda = given;
      pull();
    },
    waiting: () =>
      mappings.reduce((sum, { queue }) => {
        const found = queueOf(state, queue);
        return sum + (found?.ready.length ?? 0) + (found?.unacked.length ?? 0);
      }, 0),
  };
};

const headersOf = (run: number | undefined, dead: number | undefined) =>
  run === undefined && dead === undefined
    ? undefined
    : present({ 'davit-run': run, 'davit-dead': dead });
