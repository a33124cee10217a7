import * as v from 'valibot';
import { isObject } from './object.ts';
import { longestName, type Range } from './ranges.ts';
import { shown } from './shown.ts';

/** A whole number in a range. −0 is read as 0: to JavaScript the same number, and to a map of values another. */
export const wholeIn = ({ least, most }: Range) =>
  v.pipe(
    v.custom<number>(
      (input) => Number.isSafeInteger(input) && isIn(Number(input), { least, most }),
      expected(`a whole number from ${least} to ${most}`),
    ),
    v.transform((number) => number + 0),
  );

/** A text of so many bytes in UTF-8: what tables, parameters and AMQP count. */
export const textIn = ({ least, most }: Range) =>
  v.custom<string>(
    (input) => typeof input === 'string' && input.length >= least && bytesAtMost(input, most),
    ({ input }) => {
      const what = `a text of ${least} to ${most} bytes`;
      return typeof input === 'string'
        ? `expected ${what}, but ${Buffer.byteLength(input)} came`
        : expected(what)({ input });
    },
  );

/** A list of so many entries. */
export const listIn = <Entry extends v.GenericSchema>(entry: Entry, { least, most }: Range) =>
  v.pipe(
    // Its length first: a list of a million is not read to its end.
    v.custom<unknown[]>(
      (input) => Array.isArray(input) && isIn(input.length, { least, most }),
      ({ input }) => {
        const what = `a list of ${least} to ${most} entries`;
        return Array.isArray(input)
          ? `expected ${what}, but ${input.length} came`
          : expected(what)({ input });
      },
    ),
    v.array(entry),
  );

/** A map of so many names, each at least one and at most a hundred characters. */
export const mapOf = <Entry extends v.GenericSchema>(
  entry: Entry,
  { most }: Range,
  isName = (name: string) => isIn(name.length, { least: 1, most: longestName }),
) =>
  v.pipe(
    v.custom<Record<string, unknown>>(
      (input) => {
        if (!isObject(input)) return false;
        const names = Object.keys(input);
        return names.length <= most && names.every(isName);
      },
      expected(`a map of at most ${most} names as they can be`),
    ),
    v.record(v.string(), entry),
  );

const isIn = (number: number, { least, most }: Range): boolean => number >= least && number <= most;

// Every message of these says what was expected and what came, for the end of a sentence that says what to do.

const expected =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `expected ${what}, but ${input === undefined ? 'it is missing' : `${shown(input)} came`}`;

// A character has three bytes at most (and two characters four).
const bytesAtMost = (text: string, most: number): boolean =>
  text.length * 3 <= most || Buffer.byteLength(text) <= most;
