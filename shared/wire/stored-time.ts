import * as v from 'valibot';
import { times } from './ranges.ts';
import { shown } from './shown.ts';

/** The names of times: a number under such a name is epoch milliseconds, everywhere in a row. */
export const timeNames: ReadonlySet<string> = new Set([
  'acceptedAt',
  'askedAgainAt',
  'askedAt',
  'askedNotBefore',
  'at',
  'brokenAt',
  'changedAt',
  'countsFrom',
  'createdAt',
  'deferredUntil',
  'endedAt',
  'intendedAt',
  'missingSince',
  'notBefore',
  'opensAt',
  'outboxSince',
  'pinnedAt',
  'provenAt',
  'queuedAt',
  'registeredAt',
  'resultAt',
  'rungAt',
  'since',
  'startBy',
  'startedAt',
  'updatedAt',
]);

/**
 * Epoch milliseconds as an ISO time, which operators can read. It never throws: a time out of range becomes the nearest time in
 * range, and NaN becomes 1970, so that a query for due rows still finds the row. This is a second safeguard: every time that is read
 * was checked for its range before.
 */
export const iso = (epochMs: number): string => {
  const time = Number.isNaN(epochMs) ? 0 : Math.min(times.most, Math.max(0, epochMs));
  return new Date(time).toISOString();
};

const timeFrom = (least: number) =>
  v.pipe(
    v.custom<string>(
      (input) => {
        // JavaScript cannot read every text of this form, such as `…+01`.
        if (typeof input !== 'string' || !v.ISO_TIMESTAMP_REGEX.test(input)) return false;
        const time = Date.parse(input);
        return time >= least && time <= times.most;
      },
      ({ input }) =>
        `expected a time (ISO 8601, UTC) from ${iso(least)} to ${iso(times.most)}, but ${shown(input)} came`,
    ),
    v.transform(Date.parse),
  );

/** Reads a stored time (ISO, UTC) as epoch milliseconds. */
export const storedTime = timeFrom(times.least);

/** The same for the time of an SSM parameter: 1970 where SSM did not say when it was written. */
export const storedChange = timeFrom(0);

/** The stored form of an object: ISO times, no undefined members, everything else unchanged. */
export const storedFields = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, stored(value, name)]),
  );

/** A schema for every field of `T`, also the optional ones: a new field of the core without a schema here is a type error. */
export type FieldsOf<T> = Readonly<Record<keyof T, v.GenericSchema<unknown, unknown>>>;

/** The first fault of a stored value: where it is, and what was expected. */
export const firstIssue = (
  issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): string => `${v.getDotPath(issues[0]) ?? 'it'}: ${issues[0].message}`;

const stored = (value: unknown, name = ''): unknown => {
  if (typeof value === 'number') return timeNames.has(name) ? iso(value) : value;
  if (Array.isArray(value)) return value.map((one) => stored(one));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return storedFields(value);
};
