import * as v from 'valibot';
import { type Fields, membersOf } from '../core/object.ts';
import type { Delivery } from '../core/request.ts';
import { fieldOf, headerOf, textOf } from './amqp-value.ts';
import { deliveryOf, type Message } from './message.ts';
import { keptProperties } from './message-properties.ts';

/** The queue of the broker's dead-letter exchange. Publishers cannot write to it, so the broker dropped every message that is in it. */
export const droppedQueue = 'davit.dropped';

/** The outer shape of the Amazon MQ trigger's event. Each message is read on its own. */
const event = v.object({ rmqMessagesByQueue: v.record(v.string(), v.array(v.unknown())) });

/** The queue of a trigger's event: each event is about one queue (Lambda API, `Queues`). */
export const queueOf = (input: unknown): string | undefined => {
  const read = v.safeParse(event, input);
  const [key] = read.success ? Object.keys(read.output.rmqMessagesByQueue) : [];
  return key?.replace(/::.*$/, '');
};

/**
 * The messages of one invocation by the Amazon MQ trigger (Lambda guide, with-mq), in the order of the queue. Throws only when the
 * event is not from that trigger; no message can make it throw.
 */
export const messagesOf = (input: unknown): readonly Message[] => {
  const read = v.safeParse(event, input);
  if (!read.success) {
    throw new Error(
      'Expected the event of an Amazon MQ trigger, with rmqMessagesByQueue, but got something else: is another trigger set on this function?',
    );
  }
  return Object.values(read.output.rmqMessagesByQueue).flat().map(messageOf);
};

/** The deliveries of one invocation, each message read on its own. `replyPrefix`: see `isReplyPrefix`. */
export const deliveriesOf = (input: unknown, replyPrefix: string): readonly Delivery[] =>
  messagesOf(input).map((message) => deliveryOf(message, replyPrefix));

/** One message of the event. A property that has an unexpected type counts as missing. */
const messageOf = (value: unknown): Message => {
  const { basicProperties, data } = membersOf(value);
  const properties = membersOf(basicProperties);
  const { priority } = properties;
  const headers = membersOf(properties.headers);
  return {
    id: textOf(properties.messageId),
    run: headerOf(headers['davit-run']),
    dead: headerOf(headers['davit-dead']),
    priority: typeof priority === 'number' ? priority : undefined,
    replyTo: textOf(properties.replyTo),
    correlationId: textOf(properties.correlationId),
    properties: keptProperties(properties),
    contentEncoding: textOf(properties.contentEncoding),
    death: deathOf(headers),
    body: typeof data === 'string' ? Buffer.from(data, 'base64') : new Uint8Array(),
  };
};

/**
 * The broker's word for why it dead-lettered a message. How the trigger passes `x-death` on is not documented, and a publisher may
 * have written the other header. So the word is used only in a sentence.
 */
const deathOf = (headers: Fields): string | undefined => {
  const deaths = fieldOf(headers['x-death']);
  const last = membersOf(Array.isArray(deaths) ? deaths[0] : undefined);
  return textOf(last.reason) ?? textOf(headers['x-first-death-reason']);
};
