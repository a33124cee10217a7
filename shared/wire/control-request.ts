import type { Ask, Asked, ControlRequest } from '../core/control.ts';
import { isObject } from '../core/object.ts';
import { present } from '../core/present.ts';
import type { Dropped } from '../core/request.ts';
import { encodingRemark } from './content-encoding.ts';
import { controlRequestOf } from './control.ts';
import { droppedReason } from './dropped.ts';
import { parseJson, writeJson } from './json.ts';
import { addressFault, deliveryOf, type Message, messageWith, unusableAsk } from './message.ts';
import { droppedQueue, messagesOf, queueOf } from './rabbit-event.ts';
import { shown } from './shown.ts';

/** The input of one invocation of `control`: a batch from `davit.control` or from `davit.dropped`, or the payload of an Invoke. */
export type Asks =
  | { readonly queued: readonly Ask[] }
  | { readonly dropped: readonly Dropped[] }
  | { readonly invoked: Asked };

/** Reads the input of an invocation, each message of a batch on its own. `replyPrefix`: see `isReplyPrefix`. */
export const asksOf = (event: unknown, replyPrefix: string): Asks => {
  if (!isTrigger(event)) return { invoked: controlRequestOf(event) };
  const messages = messagesOf(event);
  return queueOf(event) === droppedQueue
    ? { dropped: messages.map((message) => droppedOf(message, replyPrefix)) }
    : { queued: messages.map((message) => askOf(message, replyPrefix)) };
};

/** Whether the event comes from the Amazon MQ trigger, and not from an Invoke. */
const isTrigger = (event: unknown): boolean => isObject(event) && 'rmqMessagesByQueue' in event;

/** A message on `davit.dropped`: it was in `davit.tasks` or in `davit.control` before. A submit counts as the delivery of its task. */
const droppedOf = (message: Message, replyPrefix: string): Dropped => {
  const reason = droppedReason(message.death);
  if (!asksSomething(message.body)) {
    return { kind: 'delivery', delivery: deliveryOf(message, replyPrefix), reason };
  }
  const asked = askedIn(message);
  if (!('reason' in asked) && asked.ask === 'submit') {
    return {
      kind: 'delivery',
      delivery: deliveryOf(submitted(message, asked), replyPrefix),
      reason,
    };
  }
  return { kind: 'request', rejection: unusableAsk(message, reason, replyPrefix), reason };
};

const asksSomething = (body: Uint8Array): boolean => {
  const parsed = parseJson(body);
  return parsed.ok && isObject(parsed.value) && 'ask' in parsed.value && !('tool' in parsed.value);
};

/** Reads a message on `davit.control`. Like a task message it is refused when Davit may not write to its reply address. */
const askOf = (message: Message, replyPrefix: string): Ask => {
  const fault = addressFault(message, replyPrefix);
  const asked = fault === undefined ? askedIn(message) : { reason: fault };
  if ('reason' in asked) {
    return { kind: 'unusable', rejection: unusableAsk(message, asked.reason, replyPrefix) };
  }
  const { replyTo, correlationId } = message;
  return {
    kind: 'request',
    request: asked,
    message: messageWith(
      asked.ask === 'submit' ? submitted(message, asked) : { ...message, id: undefined },
      replyPrefix,
    ),
    ...present({ address: replyTo ? { replyTo, ...present({ correlationId }) } : undefined }),
  };
};

/** The task message that a submit asks for. What happens to it is told at the address of the request. */
const submitted = (
  { replyTo, correlationId }: Message,
  { taskId, body }: ControlRequest & { readonly ask: 'submit' },
): Message => ({ id: taskId, body: new TextEncoder().encode(body), replyTo, correlationId });

/** The request in a message. Its `body` may be JSON instead of a text: then it is written as text, with all digits of its numbers. */
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
  return byQueue(controlRequestOf(plain));
};

/** Many tasks in one message would make this queue a second `davit.tasks`. */
const byQueue = (asked: Asked): Asked =>
  'ask' in asked && asked.ask === 'submitMany'
    ? {
        reason:
          'A message on davit.control cannot ask "submitMany": publish the task messages to davit.tasks themselves.',
      }
    : asked;
