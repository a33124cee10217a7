import * as v from 'valibot';
import type { Delivery } from '../core/request.ts';
import { fieldOf, headerOf, textOf } from './amqp-value.ts';
import { deliveryOf, type Message } from './message.ts';
import { keptProperties } from './message-properties.ts';
import { type Fields, membersOf } from './object.ts';

/** Where the broker's dead-letter exchange leads: that a message is in it is the proof that the broker dropped it. */
export const droppedQueue = 'davit.dropped';

/** What the Amazon MQ trigger hands over, as far as it is sure; each message is read on its own. */
const event = v.object({ rmqMessagesByQueue: v.record(v.string(), v.array(v.unknown())) });

/** The queue that a trigger's event is of; there is one in each (Lambda API, `Queues`). */
export const queueOf = (input: unknown): string | undefined => {
  const read = v.safeParse(event, input);
  const [key] = read.success ? Object.keys(read.output.rmqMessagesByQueue) : [];
  return key?.replace(/::.*$/, '');
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

/** What the messages of one invocation are to Davit, each judged on its own. `replyPrefix`: of the queues for replies. */
export const deliveriesOf = (input: unknown, replyPrefix: string): readonly Delivery[] =>
  messagesOf(input).map((message) => deliveryOf(message, replyPrefix));

/** One message of the event; what is missing or of another kind counts as not sent. */
const messageOf = (value: unknown): Message => {
  const { basicProperties, data } = membersOf(value);
  const properties = membersOf(basicProperties);
  const { priority } = properties;
  const headers = membersOf(properties.headers);
  return {
    id: textOf(properties.messageId),
    run: headerOf(headers['davit-run']),
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
 * Why the broker dead-lettered a message, in its word. How `x-death` comes through the trigger is in no document, and a
 * publisher may have written the other header: it is good for a sentence, and for nothing else.
 */
const deathOf = (headers: Fields): string | undefined => {
  const deaths = fieldOf(headers['x-death']);
  const last = membersOf(Array.isArray(deaths) ? deaths[0] : undefined);
  return textOf(last.reason) ?? textOf(headers['x-first-death-reason']);
};
