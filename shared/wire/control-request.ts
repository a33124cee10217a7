import type { Asked } from '../core/control.ts';
import type { Dropped } from '../core/request.ts';
import { encodingRemark } from './content-encoding.ts';
import { controlRequestOf } from './control.ts';
import { droppedReason } from './dropped.ts';
import { parseJson, writeJson } from './json.ts';
import { deliveryOf, type Message } from './message.ts';
import { isObject } from './object.ts';
import { droppedQueue, messagesOf, queueOf } from './rabbit-event.ts';
import { shown } from './shown.ts';

/** What one invocation of `control` is for: a batch of `davit.control` or of `davit.dropped`, or the one payload of an Invoke. */
export type Asks =
  | { readonly queued: readonly Asked[] }
  | { readonly dropped: readonly Dropped[] }
  | { readonly invoked: Asked };

/** Reads each message of a batch on its own. `replyPrefix`: of the queues for replies. */
export const asksOf = (event: unknown, replyPrefix: string): Asks => {
  if (!isTrigger(event)) return { invoked: askedBy(event) };
  const messages = messagesOf(event);
  return queueOf(event) === droppedQueue
    ? { dropped: messages.map((message) => droppedOf(message, replyPrefix)) }
    : { queued: messages.map(askedIn) };
};

/** Whether the event is the Amazon MQ trigger's, and not the payload of an Invoke. */
const isTrigger = (event: unknown): boolean => isObject(event) && 'rmqMessagesByQueue' in event;

/** What will be asked one day: whoever tries today is told so, and not that the word is unknown. */
const notYet = ['cancel', 'redrive'];

/** What a Lambda Invoke asks: its payload is one request. */
const askedBy = (payload: unknown): Asked => {
  const ask = isObject(payload) ? payload.ask : undefined;
  return typeof ask === 'string' && notYet.includes(ask)
    ? {
        reason: `control cannot ${ask} in this version of Davit yet: it takes "submit" and "backlog".`,
      }
    : controlRequestOf(payload);
};

/** A message of `davit.dropped`: one that was on its way to `davit.tasks`, or to `davit.control`. A submit is a task's too. */
const droppedOf = (message: Message, replyPrefix: string): Dropped => {
  const reason = droppedReason(message.death);
  if (!asksSomething(message.body)) {
    return { kind: 'delivery', delivery: deliveryOf(message, replyPrefix), reason };
  }
  const asked = askedIn(message);
  if ('reason' in asked || asked.ask !== 'submit') return { kind: 'request', reason };
  const body = new TextEncoder().encode(asked.body);
  const delivery = deliveryOf({ id: asked.taskId, body }, replyPrefix);
  return { kind: 'delivery', delivery, reason };
};

const asksSomething = (body: Uint8Array): boolean => {
  const parsed = parseJson(body);
  return parsed.ok && isObject(parsed.value) && 'ask' in parsed.value && !('tool' in parsed.value);
};

/** A message may carry the task's body as JSON, not as text within JSON: its numbers are still kept. */
const askedIn = (message: Message): Asked => {
  const parsed = parseJson(message.body);
  if (!parsed.ok) {
    const why = `${parsed.why}${encodingRemark(message.contentEncoding)}`;
    return { reason: `A message on davit.control must be a JSON object, but ${why}.` };
  }
  const { value } = parsed;
  if (!isObject(value)) {
    return { reason: `A message on davit.control must be a JSON object, but is ${shown(value)}.` };
  }
  const body = isObject(value.body) ? { body: writeJson(value.body) } : {};
  const plain: unknown = JSON.parse(writeJson({ ...value, ...body }));
  return askedBy(plain);
};
