import * as v from 'valibot';
import { isObject } from '../core/object.ts';
import { longestName, type Range } from './ranges.ts';
import { shown } from './shown.ts';

/** A whole number in a range. −0 is read as 0: `Object.is` and `toEqual` would distinguish the two. */
export const wholeIn = ({ least, most }: Range) =>
  v.pipe(
    v.custom<number>(
      (input) => Number.isSafeInteger(input) && isIn(Number(input), { least, most }),
      expected(`a whole number from ${least} to ${most}`),
    ),
    v.transform((number) => number + 0),
  );

/** A text with a number of UTF-8 bytes in a range: tables, parameters and AMQP count bytes. */
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

/** A list with a number of entries in a range. */
export const listIn = <Entry extends v.GenericSchema>(entry: Entry, { least, most }: Range) =>
  v.pipe(
    // The length is checked first, so that a list of a million entries is not read.
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

/** A map with at most `most` names. A name has 1 to 100 characters, unless `isName` says otherwise. */
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
      expected(`a map with at most ${most} valid names`),
    ),
    v.record(v.string(), entry),
  );

const isIn = (number: number, { least, most }: Range): boolean => number >= least && number <= most;

/** A message that says what was expected and what came. The caller's sentence says what to do. */
const expected =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `expected ${what}, but ${input === undefined ? 'it is missing' : `${shown(input)} came`}`;

// A UTF-16 unit takes at most three bytes (a surrogate pair takes four).
const bytesAtMost = (text: string, most: number): boolean =>
  text.length * 3 <= most || Buffer.byteLength(text) <= most;
