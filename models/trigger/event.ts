import type { BasicProperties, Headers, HeaderValue } from '../amqp.ts';

/** A message as the trigger got it from the broker; the caller has encoded the body. */
export interface TriggerMessage {
  /** The broker's delivery tag, with which it is settled. */
  readonly tag: number;
  readonly properties: BasicProperties;
  readonly redelivered: boolean;
  /** How often it came back before: the header `x-delivery-count` of a quorum queue, and what failed here since. */
  readonly deliveryCount: number;
  readonly bodyBase64: string;
  /** Bytes of the body before the encoding. */
  readonly bodyBytes: number;
}

export interface Source {
  readonly eventSourceArn: string;
  readonly queue: string;
  readonly virtualHost: string;
}

/** What the function gets (Lambda guide, Amazon MQ): no delivery tag, no exchange, no routing key. */
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

/** Every property is there; what the publisher left out is null. */
export const recordOf = (message: TriggerMessage): RabbitRecord => {
  const { headers, timestamp, ...texts } = message.properties;
  return {
    basicProperties: {
      ...nothing,
      ...texts,
      headers: headersOf(headers),
      timestamp: timestamp === undefined ? null : timestampOf(timestamp),
      bodySize: message.bodyBytes,
    },
    redelivered: message.redelivered,
    data: message.bodyBase64,
  };
};

const nothing = {
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

/** The last time that `Date` holds, in the year 275760; AMQP's timestamps go further. */
const lastEpochMs = 8_640_000_000_000_000;

/** `Jan 1, 1970, 12:33:41 AM`: how AWS's poller prints a time of epoch seconds, in UTC. */
export const timestampOf = (epochS: number): string => {
  const at = new Date(Math.min(epochS * 1000, lastEpochMs));
  // `Thu, 01 Jan 1970 00:33:41 GMT`: ECMAScript defines this format.
  const [, day, month, year, time = ''] = at.toUTCString().split(/,? /);
  const hour = at.getUTCHours();
  const date = `${month} ${Number(day)}, ${Number(year)}`;
  return `${date}, ${hour % 12 || 12}${time.slice(2)} ${hour < 12 ? 'AM' : 'PM'}`;
};

/** amqplib cannot tell no headers from an empty table; AWS's samples have null. */
const headersOf = (headers: Headers | undefined): unknown =>
  headers === undefined || Object.keys(headers).length === 0 ? null : fieldOf(headers);

/** Strings are long strings of bytes on the wire, and stay so; AWS does not say what nests. */
const fieldOf = (value: HeaderValue): unknown => {
  if (typeof value === 'string') return { bytes: [...new TextEncoder().encode(value)] };
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(fieldOf);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fieldOf(each)]));
};

const isList = (value: HeaderValue): value is readonly HeaderValue[] => Array.isArray(value);
