import type { BasicProperties, Headers, HeaderValue } from '../amqp.ts';

/** A message from the broker; the caller has encoded the body. */
export interface TriggerMessage {
  /** The broker's delivery tag, with which it is settled. */
  readonly tag: number;
  readonly properties: BasicProperties;
  readonly redelivered: boolean;
  /** How often it came back: the header `x-delivery-count` of a quorum queue, plus the failed batches since. */
  readonly deliveryCount: number;
  readonly bodyBase64: string;
  /** The bytes of the body before it was encoded. */
  readonly bodyBytes: number;
}

export interface Source {
  readonly eventSourceArn: string;
  readonly queue: string;
  readonly virtualHost: string;
}

/** The event of the function (Lambda guide, Amazon MQ): it has no delivery tag, no exchange and no routing key. */
export interface RabbitEvent {
  readonly eventSource: 'aws:rmq';
  readonly eventSourceArn: string;
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitRecord[]>>;
}

export interface RabbitRecord {
  readonly basicProperties: Readonly<Record<string, unknown>>;
  readonly redelivered: boolean;
  readonly data: string;
}

/** One event for a batch; its only key is `<queue>::<virtual host>`. */
export const eventOf = (source: Source, messages: readonly TriggerMessage[]): RabbitEvent => ({
  eventSource: 'aws:rmq',
  eventSourceArn: source.eventSourceArn,
  rmqMessagesByQueue: { [`${source.queue}::${source.virtualHost}`]: messages.map(recordOf) },
});

/** The record has every property; those that the publisher did not set are null. */
export const recordOf = (message: TriggerMessage): RabbitRecord => {
  const { headers, timestamp, ...texts } = message.properties;
  return {
    basicProperties: {
      ...noProperties,
      ...texts,
      headers: headersOf(headers),
      timestamp: timestamp === undefined ? null : timestampOf(timestamp),
      bodySize: message.bodyBytes,
    },
    redelivered: message.redelivered,
    data: message.bodyBase64,
  };
};

const noProperties = {
  contentType: null,
  contentEncoding: null,
  headers: null,
  deliveryMode: null,
  priority: null,
  correlationId: null,
  replyTo: null,
  expiration: null,
  messageId: null,
  timestamp: null,
  type: null,
  userId: null,
  appId: null,
  clusterId: null,
};

/** The last time that `Date` can hold, in the year 275760; AMQP's timestamps can be later. */
const lastEpochMs = 8_640_000_000_000_000;

/** A time in epoch seconds as AWS's poller prints it, in UTC: `Jan 1, 1970, 12:33:41 AM`. */
export const timestampOf = (epochS: number): string => {
  const at = new Date(Math.min(epochS * 1000, lastEpochMs));
  // `Thu, 01 Jan 1970 00:33:41 GMT`: ECMAScript defines this format.
  const [, day, month, year, time = ''] = at.toUTCString().split(/,? /);
  const hour = at.getUTCHours();
  const date = `${month} ${Number(day)}, ${Number(year)}`;
  return `${date}, ${hour % 12 || 12}${time.slice(2)} ${hour < 12 ? 'AM' : 'PM'}`;
};

/** amqplib shows an empty table also for a message without headers; AWS's samples have null. */
const headersOf = (headers: Headers | undefined): unknown =>
  headers === undefined || Object.keys(headers).length === 0 ? null : fieldOf(headers);

/** In AMQP a string is a list of bytes, and AWS keeps it as such. AWS does not document nested values. */
const fieldOf = (value: HeaderValue): unknown => {
  if (typeof value === 'string') return { bytes: [...new TextEncoder().encode(value)] };
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(fieldOf);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fieldOf(each)]));
};

const isList = (value: HeaderValue): value is readonly HeaderValue[] => Array.isArray(value);
