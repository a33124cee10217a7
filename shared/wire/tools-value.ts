import * as v from 'valibot';
import { type Fields, isObject } from '../core/object.ts';
import type { Range } from './ranges.ts';
import { shown } from './shown.ts';

/** A sentence that says what was expected, what came, and what to do. */
export const fault = (expected: string, input: unknown, todo: string): string =>
  `expected ${expected}, but ${input === undefined ? 'it is missing' : `${shown(input)} came`}; ${todo}`;

/** A value with one rule and one sentence: whatever is wrong with it, the sentence says what was expected. */
export const value = <T>(fits: (input: unknown) => boolean, expected: string, todo: string) =>
  v.custom<T>(fits, ({ input }) => fault(expected, input, todo));

/** A whole number in a range. */
export const whole = ({ least, most }: Range, todo: string) =>
  value<number>(
    (input) =>
      typeof input === 'number' && Number.isInteger(input) && input >= least && input <= most,
    `a whole number from ${least} to ${most}`,
    todo,
  );

/** A map. valibot's own record also accepts a list. */
export const map = (sentence: (input: unknown) => string) =>
  v.custom<Fields>(isObject, ({ input }) => sentence(input));
