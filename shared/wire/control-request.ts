import type { Asked } from '../core/control.ts';
import { isObject } from '../core/object.ts';
import type { Dropped } from '../core/request.ts';
import { encodingRemark } from './content-encoding.ts';
import { controlRequestOf } from './control.ts';
import { droppedReason } from './dropped.ts';
import { parseJson, writeJson } from './json.ts';
import { deliveryOf, type Message } from './message.ts';
import { droppedQueue, messagesOf, queueOf } from './rabbit-event.ts';
import { shown } from './shown.ts';

/** The input of one invocation of `control`: a batch from `davit.control` or from `davit.dropped`, or the payload of an Invoke. */
export type Asks =
  | { readonly queued: readonly Asked[] }
  | { readonly dropped: readonly Dropped[] }
  | { readonly invoked: Asked };

/** Reads the input of an invocation, each message of a batch on its own. `replyPrefix`: see `isReplyPrefix`. */
export const asksOf = (event: unknown, replyPrefix: string): Asks => {
  if (!isTrigger(event)) return { invoked: askedBy(event) };
  const messages = messagesOf(event);
  return queueOf(event) === droppedQueue
    ? { dropped: messages.map((message) => droppedOf(message, replyPrefix)) }
    : { queued: messages.map(askedIn) };
};

/** Whether the event comes from the Amazon MQ trigger, and not from an Invoke. */
const isTrigger = (event: unknown): boolean => isObject(event) && 'rmqMessagesByQueue' in event;

/** Requests of a later version: today's answer says so, instead of calling the word unknown. */
const notYet = ['cancel', 'redrive'];

/** Reads one request: the payload of an Invoke, or the value of a message on `davit.control`. */
const askedBy = (payload: unknown): Asked => {
  const ask = isObject(payload) ? payload.ask : undefined;
  return typeof ask === 'string' && notYet.includes(ask)
    ? {
        reason: `control cannot ${ask} in this version of Davit yet: it accepts "submit" and "backlog".`,
      }
    : controlRequestOf(payload);
};

/** A message on `davit.dropped`: it was in `davit.tasks` or in `davit.control` before. A submit counts as the delivery of its task. */
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

/** Reads a message on `davit.control`. Its `body` may be JSON instead of a text: then it is written as text, with all digits of its numbers. */
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
  return byQueue(askedBy(plain));
};

/** Many tasks in one message would make this queue a second `davit.tasks`. */
const byQueue = (asked: Asked): Asked =>
  'ask' in asked && asked.ask === 'submitMany'
    ? {
        reason:
          'A message on davit.control cannot ask "submitMany": publish the task messages to davit.tasks themselves.',
      }
    : asked;
