import * as v from 'valibot';
import type { Delivery } from '../core/request.ts';
import { deliveryOf, type Message } from './message.ts';

/** What the Amazon MQ trigger hands over, as far as it is sure; each message is read on its own. */
const event = v.object({ rmqMessagesByQueue: v.record(v.string(), v.array(v.unknown())) });

const bytes = v.object({
  bytes: v.array(v.pipe(v.number(), v.integer(), v.minValue(-128), v.maxValue(255))),
});

type Loose = Readonly<Record<string, unknown>>;

const looseOf = (value: unknown): Loose =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** A string header comes as `{"bytes":[…]}`; Java, which the trigger is written in, knows signed bytes alone. */
const headerOf = (value: unknown): unknown => {
  const read = v.safeParse(bytes, value);
  return read.success ? Buffer.from(read.output.bytes).toString('utf8') : value;
};

const textOf = (value: unknown): string | undefined => {
  const text = headerOf(value);
  return typeof text === 'string' && text !== '' ? text : undefined;
};

/** One message of the event; what is missing or of another kind counts as not sent. */
const messageOf = (value: unknown): Message => {
  const { basicProperties, data } = looseOf(value);
  const properties = looseOf(basicProperties);
  const { priority } = properties;
  return {
    id: textOf(properties.messageId),
    run: headerOf(looseOf(properties.headers)['davit-run']),
    priority: typeof priority === 'number' ? priority : undefined,
    replyTo: textOf(properties.replyTo),
    correlationId: textOf(properties.correlationId),
    contentEncoding: textOf(properties.contentEncoding),
    body: typeof data === 'string' ? Buffer.from(data, 'base64') : new Uint8Array(),
  };
};

/**
 * The messages of one invocation by the Amazon MQ trigger (Lambda guide, with-mq), in the order of the queue.
 * Throws only when the event is none of the trigger's: no message in it can make it throw.
 */
export const messagesOf = (input: unknown): readonly Message[] => {
  const read = v.safeParse(event, input);
  if (!read.success) {
    throw new Error(
      'Expected the event of an Amazon MQ trigger, with rmqMessagesByQueue, and got something else: is another trigger set on this function?',
    );
  }
  return Object.values(read.output.rmqMessagesByQueue).flat().map(messageOf);
};

/** What the messages of one invocation are to Davit, each judged on its own. */
export const deliveriesOf = (input: unknown): readonly Delivery[] =>
  messagesOf(input).map(deliveryOf);
