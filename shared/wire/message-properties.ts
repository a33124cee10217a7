import * as v from 'valibot';
import { membersOf } from '../core/object.ts';
import { tableOf, textOf } from './amqp-value.ts';
import { wholeIn } from './bounded.ts';
import { jsonOf } from './json-of.ts';
import { counted, lengths } from './ranges.ts';

/** A publisher's properties and headers that Davit does not read itself. A dead letter contains them again. */
export interface MessageProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly type?: string;
  readonly appId?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** The bytes of the headers, when they were too large to keep. */
  readonly headersDropped?: number;
}

/** All headers of a dead letter, with Davit's own, must fit into 64 KB (AMQP). A row has room for more than this. */
const mostBytes = 16 * 1024;

/** The properties in the form that a row keeps: one JSON text, so that no publisher's word becomes a key of the row. Undefined when there are none. */
export const keptProperties = (
  properties: Readonly<Record<string, unknown>>,
): string | undefined => {
  const { headers } = properties;
  const table = publisherHeaders(membersOf(headers));
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

/** Reads the text that a row kept. It never throws: when the row was edited by hand, the answer is what can still be read. */
export const propertiesIn = (text: string | undefined): MessageProperties => {
  const read = v.safeParse(schema, jsonOf(text ?? '{}'));
  if (!read.success) return {};
  const { headers, ...plain } = read.output;
  return headers === undefined ? plain : { ...plain, headers: publisherHeaders(headers) };
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
 * Headers that only Davit writes (`davit-…`) or only the broker writes, and `CC` and `BCC`: RabbitMQ sends a copy to the queues that
 * they name, and a publisher may not write to every queue that Davit may write to.
 */
const reserved =
  /^(davit-.*|b?cc|x-death|x-delivery-count|x-acquired-count|x-(first|last)-death-.*)$/i;

const publisherHeaders = (headers: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(tableOf(headers)).filter(([name]) => !reserved.test(name)));

const shortOf = (value: unknown): string | undefined => {
  const text = textOf(value)?.toWellFormed();
  return text !== undefined && Buffer.byteLength(text) <= lengths.short.most ? text : undefined;
};
