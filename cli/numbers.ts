import { codes } from './codes.ts';
import { Trouble } from './trouble.ts';

/** The value of an option that must be a whole number in a range; undefined when it was not given. */
export const wholeNumber = (
  option: string,
  value: string | undefined,
  range: { readonly least: number; readonly most: number },
): number | undefined => {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= range.least && number <= range.most) return number;
  throw new Trouble(
    codes.usage,
    `${option} expects a whole number from ${range.least} to ${range.most}, and got "${value}".`,
  );
};
