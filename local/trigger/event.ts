/** A message as an AMQP client delivers it. */
export type Delivered = {
  readonly content: Buffer;
  readonly redelivered: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
};

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Strings and bytes arrive as lists of bytes, numbers and booleans as they are (Lambda developer guide, "Amazon MQ event"). */
const headerOf = (value: unknown): unknown => {
  if (typeof value === 'string') return { bytes: [...Buffer.from(value)] };
  if (Buffer.isBuffer(value)) return { bytes: [...value] };
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(headerOf);
  if (typeof value === 'object' && value !== null) return headersOf(value);
  return value ?? null;
};

function headersOf(headers: object): object {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, headerOf(value)]),
  );
}

/** `Jan 1, 1970, 12:33:41 AM`: no zone is said, and it is UTC. */
const formatted = (epochSeconds: number): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
    .format(epochSeconds * 1000)
    // Newer ICU puts a narrow no-break space before AM and PM.
    .replace(/\u202f/g, ' ');

const recordOf = ({ content, redelivered, properties }: Delivered): object => ({
  basicProperties: {
    contentType: textOrNull(properties.contentType),
    contentEncoding: textOrNull(properties.contentEncoding),
    headers:
      typeof properties.headers === 'object' && properties.headers !== null
        ? headersOf(properties.headers)
        : null,
    deliveryMode: numberOrNull(properties.deliveryMode),
    priority: numberOrNull(properties.priority),
    correlationId: textOrNull(properties.correlationId),
    replyTo: textOrNull(properties.replyTo),
    expiration: textOrNull(properties.expiration),
    messageId: textOrNull(properties.messageId),
    timestamp: typeof properties.timestamp === 'number' ? formatted(properties.timestamp) : null,
    type: textOrNull(properties.type),
    userId: textOrNull(properties.userId),
    appId: textOrNull(properties.appId),
    clusterId: textOrNull(properties.clusterId),
    bodySize: content.length,
  },
  redelivered,
  data: content.toString('base64'),
});

/** The event of a batch, exactly as the Amazon MQ trigger hands it to a function. */
export const rabbitEvent = (
  source: { readonly sourceArn: string; readonly queue: string; readonly virtualHost: string },
  batch: readonly Delivered[],
): object => ({
  eventSource: 'aws:rmq',
  eventSourceArn: source.sourceArn,
  rmqMessagesByQueue: { [`${source.queue}::${source.virtualHost}`]: batch.map(recordOf) },
});
