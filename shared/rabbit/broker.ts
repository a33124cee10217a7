import type { Options } from 'amqplib';
import type { Task } from '../core/task.ts';
import type { Broker, Sent } from '../ports.ts';
import { cloudEventOf } from '../wire/cloud-event.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import { linkTo } from './link.ts';

/** Davit's names on the broker, as `topology` declares them. */
export const tasksQueue = 'davit.tasks';
export const deadQueue = 'davit.dead';
export const eventsExchange = 'davit.events';

/** Direct reply-to (RabbitMQ guide): the broker never returns such a message, and closes the channel over `mandatory` in some versions. */
const directReply = 'amq.rabbitmq.reply-to';

/** A header's table may have 64 KB; a reason that long is nobody's to read. */
const longestReason = 2_000;

/** The port, and its end: for those who must not leave a connection behind. */
export type ConnectedBroker = Broker & { readonly close: () => Promise<void> };

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Only what is there: amqplib would send an undefined property as an empty one. */
const addressOf = ({ replyTo, correlationId }: Task): Options.Publish => ({
  ...(replyTo === undefined ? {} : { replyTo }),
  ...(correlationId === undefined ? {} : { correlationId }),
});

const toQueue = (queue: string, body: Uint8Array, properties: Options.Publish): Letter => ({
  // By the default exchange: nothing but the queue itself has to exist, and a missing one is returned to us.
  exchange: '',
  routingKey: queue,
  body,
  properties: { persistent: true, mandatory: true, ...properties },
});

const doorbell = (taskId: string, run: number): Letter =>
  toQueue(tasksQueue, new Uint8Array(), { messageId: taskId, headers: { 'davit-run': run } });

const deadLetter = (task: Task, run: number, reason: string): Letter =>
  toQueue(deadQueue, task.payload ?? new Uint8Array(), {
    messageId: task.taskId,
    priority: task.priority,
    ...addressOf(task),
    headers: {
      'davit-dead': run,
      'davit-reason': reason.slice(0, longestReason),
      // A body over 64 KB was not kept: this is what is known of it.
      ...(task.payload ? {} : { 'davit-bytes': task.payloadBytes, 'davit-digest': task.digest }),
    },
  });

type Tell = Parameters<Broker['announce']>[1];

const eventLetter = (task: Task, effect: Tell, source: string) => {
  const { contentType, id, type, json } = cloudEventOf(task.taskId, effect, source);
  return { body: Buffer.from(json), properties: { contentType, messageId: id, type } };
};

const announcement = (task: Task, effect: Tell, source: string): Letter => {
  const { body, properties } = eventLetter(task, effect, source);
  return {
    exchange: eventsExchange,
    // A message whose tool nobody knows has none.
    routingKey: `${effect.body.tool ?? 'unknown'}.${effect.what}`,
    body,
    properties: { ...properties, persistent: true },
  };
};

const replyLetter = (replyTo: string, task: Task, [effect, source]: [Tell, string]): Letter => {
  const { body, properties } = eventLetter(task, effect, source);
  const { correlationId } = task;
  return toQueue(replyTo, body, {
    ...properties,
    ...(correlationId === undefined ? {} : { correlationId }),
    mandatory: !replyTo.startsWith(directReply),
  });
};

/**
 * RabbitMQ over AMQP 0-9-1. Every publish is confirmed, and made once more when the connection was lost meanwhile: a
 * message may come twice, never not at all. `source` is the CloudEvents source of the stage.
 */
export const rabbitBroker = (address: Address, source: string): ConnectedBroker => {
  const link = linkTo(address);
  const send = async (lane: string, letter: Letter): Promise<Sent> => {
    try {
      // A Lambda thaws with a connection that died while it was frozen: the first try finds out, the second connects.
      return await link.send(lane, letter).catch(() => link.send(lane, letter));
    } catch (error) {
      return { kind: 'failed', why: words(error) };
    }
  };
  return {
    ring: (taskId, run) => send('queues', doorbell(taskId, run)),
    bury: (task, { run, reason }) => send('queues', deadLetter(task, run, reason)),
    submit: (taskId, body, priority) =>
      send(
        'queues',
        toQueue(tasksQueue, body, { messageId: taskId, priority, contentType: 'application/json' }),
      ),
    announce: (task, effect) => send('events', announcement(task, effect, source)),
    reply: (task, effect) =>
      task.replyTo === undefined
        ? Promise.resolve({ kind: 'unroutable' })
        : send('replies', replyLetter(task.replyTo, task, [effect, source])),
    backlog: async () => {
      try {
        return await link.ask(
          async (channel) => (await channel.checkQueue(tasksQueue)).messageCount,
        );
      } catch {
        return undefined;
      }
    },
    close: link.close,
  };
};
