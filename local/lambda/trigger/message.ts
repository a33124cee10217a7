import type { ConsumeMessage } from 'amqplib';
import type { BasicProperties, Headers, HeaderValue } from '../../../models/amqp.ts';
import type { TriggerMessage } from '../../../models/trigger/event.ts';
import { isObject } from '../../../shared/core/object.ts';
import { present } from '../../../shared/core/present.ts';

/** A message of amqplib as the trigger's model takes it. Properties that the publisher did not set stay absent. */
export const messageOf = (message: ConsumeMessage): TriggerMessage => {
  const properties: Readonly<Record<string, unknown>> = { ...message.properties };
  const count = isObject(properties.headers) ? properties.headers['x-delivery-count'] : undefined;
  return {
    tag: message.fields.deliveryTag,
    properties: propertiesOf(properties),
    redelivered: message.fields.redelivered,
    deliveryCount: typeof count === 'number' ? count : 0,
    bodyBase64: message.content.toString('base64'),
    bodyBytes: message.content.length,
  };
};

const texts = [
  'contentType',
  'contentEncoding',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'type',
  'userId',
  'appId',
  'clusterId',
] as const;

const numbers = ['deliveryMode', 'priority', 'timestamp'] as const;

const propertiesOf = (properties: Readonly<Record<string, unknown>>): BasicProperties => ({
  ...Object.fromEntries(
    texts.flatMap((name) =>
      typeof properties[name] === 'string' ? [[name, properties[name]]] : [],
    ),
  ),
  ...Object.fromEntries(
    numbers.flatMap((name) =>
      typeof properties[name] === 'number' ? [[name, properties[name]]] : [],
    ),
  ),
  ...present({
    headers: isObject(properties.headers) ? headersOf(properties.headers) : undefined,
  }),
});

const headersOf = (headers: Readonly<Record<string, unknown>>): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerOf(value)]));

/** The value of a header. Bytes become text, and times become seconds. */
const headerOf = (value: unknown): HeaderValue => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'bigint') return Number(value);
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (Array.isArray(value)) return value.map(headerOf);
  if (!isObject(value)) return null;
  return value['!'] === 'timestamp' ? headerOf(value.value) : headersOf(value);
};
