import * as v from 'valibot';
import type { Delivery } from '../core/request.ts';
import { headerOf, textOf } from './amqp-value.ts';
import { deliveryOf, type Message } from './message.ts';
import { keptProperties } from './message-properties.ts';

/** What the Amazon MQ trigger hands over, as far as it is sure; each message is read on its own. */
const event = v.object({ rmqMessagesByQueue: v.record(v.string(), v.array(v.unknown())) });

type Loose = Readonly<Record<string, unknown>>;

const looseOf = (value: unknown): Loose =>
  typeof value === 'object' && value !== null ? { ...value } : {};

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
    properties: keptProperties(properties),
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
