import * as v from 'valibot';
import { tableOf, textOf } from './amqp-value.ts';
import { wholeIn } from './bounded.ts';
import { jsonOf } from './json-of.ts';
import { membersOf } from './object.ts';
import { counted, lengths } from './ranges.ts';

/** What a publisher wrote beside body and address: a dead letter gives it back. */
export interface MessageProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly type?: string;
  readonly appId?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Bytes of headers that were too large to be kept. */
  readonly headersDropped?: number;
}

/** All headers of a letter must fit into 64 KB of AMQP, with Davit's own; a row has room for more than this. */
const mostBytes = 16 * 1024;

/** As a row keeps them: one JSON text, so that nothing that a publisher wrote is a key of the row; undefined for none. */
export const keptProperties = (
  properties: Readonly<Record<string, unknown>>,
): string | undefined => {
  const { headers } = properties;
  const table = theirs(membersOf(headers));
  const bytes = Buffer.byteLength(JSON.stringify(table));
  const isTooLong = bytes > mostBytes;
  const kept = {
    contentType: shortOf(properties.contentType),
    contentEncoding: shortOf(properties.contentEncoding),
    type: shortOf(properties.type),
    appId: shortOf(properties.appId),
    headersDropped: isTooLong ? bytes : undefined,
    headers: isTooLong || Object.keys(table).length === 0 ? undefined : table,
  };
  const text = JSON.stringify(kept);
  return text === '{}' ? undefined : text;
};

/** What a row has kept. Total: of a row that was edited by hand, what can still be read. */
export const propertiesIn = (text: string | undefined): MessageProperties => {
  const read = v.safeParse(schema, jsonOf(text ?? '{}'));
  if (!read.success) return {};
  const { headers, ...plain } = read.output;
  return headers === undefined ? plain : { ...plain, headers: theirs(headers) };
};

const short = v.exactOptional(
  v.pipe(
    v.string(),
    v.check((text) => Buffer.byteLength(text) <= lengths.short.most),
  ),
);

const schema = v.object({
  contentType: short,
  contentEncoding: short,
  type: short,
  appId: short,
  headers: v.exactOptional(v.record(v.string(), v.unknown())),
  headersDropped: v.exactOptional(wholeIn(counted)),
});

/**
 * Names that only Davit writes (`davit-…`), that only the broker writes, and those by which RabbitMQ sends a copy to queues
 * that the publisher names (`CC`, `BCC`): he may not write to each queue that Davit may.
 */
const notTheirs =
  /^(davit-.*|b?cc|x-death|x-delivery-count|x-acquired-count|x-(first|last)-death-.*)$/i;

const theirs = (headers: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(tableOf(headers)).filter(([name]) => !notTheirs.test(name)));

const shortOf = (value: unknown): string | undefined => {
  const text = textOf(value)?.toWellFormed();
  return text !== undefined && Buffer.byteLength(text) <= lengths.short.most ? text : undefined;
};
