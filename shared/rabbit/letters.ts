import type { Options } from 'amqplib';
import type { AnswerAddress, ControlAnswer } from '../core/control.ts';
import type { EffectOf, Notice } from '../core/effect.ts';
import { present } from '../core/present.ts';
import type { Task } from '../core/task.ts';
import { cloudEventOf } from '../wire/cloud-event.ts';
import { propertiesIn } from '../wire/message-properties.ts';
import { isDirect, replyAddressFault } from '../wire/reply-address.ts';
import type { Letter } from './lane.ts';

/** The queues and the exchange, with the names that `topology` declares. */
export const tasksQueue = 'davit.tasks';
export const doorbellsQueue = 'davit.doorbells';
const deadQueue = 'davit.dead';
const eventsExchange = 'davit.events';

/** Characters. All headers together may have 64 KB, and no one reads a longer reason. */
const longestReason = 2_000;

/** A message that says "check this row for this run". It carries no work, and dispatch takes it from either queue. */
export const doorbell = (
  taskId: string,
  run: number,
  queue: typeof tasksQueue | typeof doorbellsQueue,
): Letter => toQueue(queue, new Uint8Array(), { messageId: taskId, headers: { 'davit-run': run } });

/** A task message, as any publisher sends one. */
export const taskMessage = (taskId: string, body: Uint8Array, priority: number): Letter =>
  toQueue(tasksQueue, body, { messageId: taskId, priority, contentType: 'application/json' });

/**
 * The original message, as far as the trigger passed it on, with the number of the last run and the reason. The properties
 * `expiration` and `user_id` are left out: RabbitMQ would drop the message because of the first, and refuse it because of the second.
 */
export const deadLetter = (
  task: Task,
  { run, reason }: EffectOf<'dead'>,
  replyPrefix: string,
): Letter => {
  const theirs = propertiesIn(task.messageProperties);
  // RabbitMQ closes the channel for a bare `amq.rabbitmq.reply-to`: only a client that consumes from it may use that name.
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
      // Half of a surrogate pair would come back as another character, so that a return would not match this letter.
      'davit-reason': reason.slice(0, longestReason).toWellFormed(),
      // A body over 64 KB was not kept. Its size and its digest were.
      ...(task.payload ? {} : { 'davit-bytes': task.payloadBytes, 'davit-digest': task.digest }),
    },
  });
};

/** An event of a task, for all subscribers of the exchange. */
export const announcement = (task: Task, notice: Notice, source: string): Letter => {
  const { contentType, id, type, json } = cloudEventOf(task, notice, source);
  return {
    exchange: eventsExchange,
    // The task of a rejected message may have no tool.
    routingKey: `${notice.body.tool ?? 'unknown'}.${notice.what}`,
    body: Buffer.from(json),
    properties: { contentType, messageId: id, type, persistent: true },
  };
};

/** The same event for the publisher, at its reply address, which the caller has checked. */
export const reply = (
  task: Task,
  notice: Notice,
  { source, replyTo }: { readonly source: string; readonly replyTo: string },
): Letter => {
  const { contentType, id, type, json } = cloudEventOf(task, notice, source);
  const { correlationId } = task;
  return toQueue(replyTo, Buffer.from(json), {
    contentType,
    messageId: id,
    type,
    ...present({ correlationId }),
    mandatory: !isDirect(replyTo),
  });
};

/** What `control` answers to a message, as JSON. */
export const controlAnswer = (
  { replyTo, correlationId }: AnswerAddress,
  answer: ControlAnswer,
): Letter =>
  toQueue(replyTo, Buffer.from(JSON.stringify(answer)), {
    contentType: 'application/json',
    type: 'davit.control.answer',
    ...present({ correlationId }),
    mandatory: !isDirect(replyTo),
  });

/** Through the default exchange: only the queue has to exist, and the broker returns the message when it does not. */
const toQueue = (queue: string, body: Uint8Array, properties: Options.Publish): Letter => ({
  exchange: '',
  routingKey: queue,
  body,
  properties: { persistent: true, mandatory: true, ...properties },
});
