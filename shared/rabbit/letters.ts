import type { Options } from 'amqplib';
import { present } from '../core/present.ts';
import type { Task } from '../core/task.ts';
import type { Broker } from '../ports.ts';
import { cloudEventOf } from '../wire/cloud-event.ts';
import { propertiesIn } from '../wire/message-properties.ts';
import { isDirect, replyAddressFault } from '../wire/reply-address.ts';
import type { Letter } from './lane.ts';

/** Davit's names on the broker, as `topology` declares them. */
export const tasksQueue = 'davit.tasks';
const deadQueue = 'davit.dead';
const eventsExchange = 'davit.events';

/** A table of headers may have 64 KB; a reason that long is nobody's to read. */
const longestReason = 2_000;

type Tell = Parameters<Broker['announce']>[1];
type Dead = Parameters<Broker['bury']>[1];

/** "Look at this row, this run": it carries no work. */
export const doorbell = (taskId: string, run: number): Letter =>
  toQueue(tasksQueue, new Uint8Array(), { messageId: taskId, headers: { 'davit-run': run } });

/** A task message, as any publisher sends one. */
export const taskMessage = (taskId: string, body: Uint8Array, priority: number): Letter =>
  toQueue(tasksQueue, body, { messageId: taskId, priority, contentType: 'application/json' });

/**
 * The message as it was, as far as the trigger told of it, with the run at which it died and why. It never expires, and
 * names no user: RabbitMQ would drop the one and refuse the other.
 */
export const deadLetter = (task: Task, { run, reason }: Dead, replyPrefix: string): Letter => {
  const theirs = propertiesIn(task.messageProperties);
  // RabbitMQ closes the channel for `amq.rabbitmq.reply-to` itself, which is a name for who consumes there alone.
  const { replyTo = '' } = task;
  const isKept = replyTo !== '' && replyAddressFault(replyTo, replyPrefix) === undefined;
  return toQueue(deadQueue, task.payload ?? new Uint8Array(), {
    messageId: task.taskId,
    priority: task.priority,
    ...present({
      replyTo: isKept ? replyTo : undefined,
      correlationId: task.correlationId,
      contentType: theirs.contentType,
      contentEncoding: theirs.contentEncoding,
      type: theirs.type,
      appId: theirs.appId,
    }),
    headers: {
      ...theirs.headers,
      ...present({ 'davit-headers-dropped': theirs.headersDropped }),
      'davit-dead': run,
      // A character cut in half would come back as another, and a return would not be known as this letter's.
      'davit-reason': reason.slice(0, longestReason).toWellFormed(),
      // A body over 64 KB was not kept: this is what is known of it.
      ...(task.payload ? {} : { 'davit-bytes': task.payloadBytes, 'davit-digest': task.digest }),
    },
  });
};

/** An event for whoever listens. */
export const announcement = (task: Task, effect: Tell, source: string): Letter => {
  const { contentType, id, type, json } = cloudEventOf(task.taskId, effect, source);
  return {
    exchange: eventsExchange,
    // A message that names no known tool has none.
    routingKey: `${effect.body.tool ?? 'unknown'}.${effect.what}`,
    body: Buffer.from(json),
    properties: { contentType, messageId: id, type, persistent: true },
  };
};

/** The same event for the publisher, at an address that may be one. */
export const reply = (
  { taskId, correlationId }: Task,
  effect: Tell,
  { source, replyTo }: { readonly source: string; readonly replyTo: string },
): Letter => {
  const { contentType, id, type, json } = cloudEventOf(taskId, effect, source);
  return toQueue(replyTo, Buffer.from(json), {
    contentType,
    messageId: id,
    type,
    ...present({ correlationId }),
    mandatory: !isDirect(replyTo),
  });
};

/** By the default exchange: nothing but the queue itself has to exist, and a missing one is told by a return. */
const toQueue = (queue: string, body: Uint8Array, properties: Options.Publish): Letter => ({
  exchange: '',
  routingKey: queue,
  body,
  properties: { persistent: true, mandatory: true, ...properties },
});
