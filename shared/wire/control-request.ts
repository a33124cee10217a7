import type { Asked } from '../core/control.ts';
import { encodingRemark } from './content-encoding.ts';
import { controlRequestOf } from './control.ts';
import { parseJson, writeJson } from './json.ts';
import type { Message } from './message.ts';
import { messagesOf } from './rabbit-event.ts';
import { shown } from './shown.ts';

/** What will be asked one day: whoever tries today is told so, and not that the word is unknown. */
const notYet = ['cancel', 'redrive'];

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a Lambda Invoke asks: its payload is one request. */
const askedBy = (payload: unknown): Asked => {
  const ask = isObject(payload) ? payload.ask : undefined;
  return typeof ask === 'string' && notYet.includes(ask)
    ? {
        reason: `control cannot ${ask} in this version of Davit yet: it takes "submit" and "backlog".`,
      }
    : controlRequestOf(payload);
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

/** Whether the event is the Amazon MQ trigger's, and not the payload of an Invoke. */
const isTrigger = (event: unknown): boolean => isObject(event) && 'rmqMessagesByQueue' in event;

/** What one invocation of `control` asks: each message of a batch of `davit.control`, or the one payload of an Invoke. */
export const asksOf = (
  event: unknown,
): { readonly queued: readonly Asked[] } | { readonly invoked: Asked } =>
  isTrigger(event) ? { queued: messagesOf(event).map(askedIn) } : { invoked: askedBy(event) };
