import * as v from 'valibot';
import { times } from './ranges.ts';
import { shown } from './shown.ts';

/** Names under which a number is a time in epoch milliseconds, wherever it stands in a row. */
export const timeNames: ReadonlySet<string> = new Set([
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

/**
 * Epoch milliseconds as operators read them. Total: what is outside of what is read again becomes the nearest time that is
 * not, and NaN the first one, so that whoever looks for what is due finds it. Every time that is read has a range
 * before: this is the second line.
 */
export const iso = (epochMs: number): string => {
  const time = Number.isNaN(epochMs) ? 0 : Math.min(times.most, Math.max(0, epochMs));
  return new Date(time).toISOString();
};

const timeFrom = (least: number) =>
  v.pipe(
    v.custom<string>(
      (input) => {
        // Not every text of this form is a time to JavaScript: `…+01` is none.
        if (typeof input !== 'string' || !v.ISO_TIMESTAMP_REGEX.test(input)) return false;
        const time = Date.parse(input);
        return time >= least && time <= times.most;
      },
      ({ input }) =>
        `expected a time (ISO 8601, UTC) from ${iso(least)} to ${iso(times.most)}, but ${shown(input)} came`,
    ),
    v.transform(Date.parse),
  );

/** A time as it is stored (ISO, UTC), read as epoch milliseconds. */
export const storedTime = timeFrom(times.least);

/** A time of what is made of parameters: 1970 where SSM did not say when they were written. */
export const storedChange = timeFrom(0);

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
