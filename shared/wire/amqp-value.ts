import * as v from 'valibot';

const bytes = v.object({
  bytes: v.array(v.pipe(v.number(), v.integer(), v.minValue(-128), v.maxValue(255))),
});

/** Levels of nested tables; no person writes deeper ones. */
const deepest = 8;

/**
 * A header as the Amazon MQ trigger passes it on: a string comes as `{"bytes":[…]}`, with signed bytes (the trigger is written in
 * Java), and a number as a number. How nested values come is not documented, so both forms are read at any depth.
 */
export const headerOf = (value: unknown): unknown => {
  const read = v.safeParse(bytes, value);
  return read.success ? Buffer.from(read.output.bytes).toString('utf8') : value;
};

/** A text property; undefined for an empty text and for any other value. */
export const textOf = (value: unknown): string | undefined => {
  const text = headerOf(value);
  return typeof text === 'string' && text !== '' ? text : undefined;
};

/** A value that can be written into a table of headers again; undefined for what AMQP or its client cannot write. */
export const fieldOf = (value: unknown, depth = 0): unknown => {
  const plain = headerOf(value);
  if (typeof plain === 'string') return plain.toWellFormed();
  if (typeof plain === 'boolean' || plain === null) return plain;
  // amqplib can write a lower number neither as a 64-bit integer nor as a double.
  if (typeof plain === 'number') return plain > -(2 ** 63) ? plain : undefined;
  if (typeof plain !== 'object' || depth >= deepest) return undefined;
  if (Array.isArray(plain)) {
    return plain.map((one) => fieldOf(one, depth + 1)).filter((one) => one !== undefined);
  }
  return tableOf({ ...plain }, depth + 1);
};

/** A table of such values, without the names that cannot be written. */
export const tableOf = (
  table: Readonly<Record<string, unknown>>,
  depth = 0,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(table)
      .map(([name, value]): [string, unknown] => [name.toWellFormed(), fieldOf(value, depth)])
      .filter(([name, value]) => value !== undefined && isName(name, depth)),
  );

/** Bytes: the name of a field in AMQP is a short string. */
const longestName = 255;

// amqplib reads the key `!` of a nested table as the name of a type.
const isName = (name: string, depth: number): boolean =>
  Buffer.byteLength(name) <= longestName && (name !== '!' || depth === 0);
