import * as v from 'valibot';

/** Names under which a number is a time in epoch milliseconds, wherever it stands in a row. */
const timeNames: ReadonlySet<string> = new Set([
  'acceptedAt',
  'askedAt',
  'at',
  'changedAt',
  'createdAt',
  'deferredUntil',
  'endedAt',
  'intendedAt',
  'missingSince',
  'notBefore',
  'opensAt',
  'outboxSince',
  'provenAt',
  'queuedAt',
  'registeredAt',
  'rungAt',
  'since',
  'startBy',
  'startedAt',
  'updatedAt',
]);

/** Epoch milliseconds as operators read them. */
export const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** A time as it is stored (ISO, UTC), read as epoch milliseconds. */
export const storedTime = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform(Date.parse),
  // Not every such text is a time to JavaScript: `…+01` is none.
  v.number('Expected a time'),
);

/** An object as it is stored: times in words, absent members left out, all else as it is. */
export const storedFields = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, stored(value, name)]),
  );

/** A schema for every field of `T`, the optional ones too: a field that the core gains and the reader would drop is a type error. */
export type FieldsOf<T> = Readonly<Record<keyof T, v.GenericSchema<unknown, unknown>>>;

/** What is wrong with a stored value, in one sentence: where, and what was expected. */
export const firstIssue = (
  issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): string => `${v.getDotPath(issues[0]) ?? 'it'}: ${issues[0].message}`;

const stored = (value: unknown, name = ''): unknown => {
  if (typeof value === 'number') return timeNames.has(name) ? iso(value) : value;
  if (Array.isArray(value)) return value.map((one) => stored(one));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return storedFields(value);
};
