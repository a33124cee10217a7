import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';

/** The value of an option that must be a whole number in a range; undefined when the option is absent. */
export const wholeNumber = (
  option: string,
  value: string | undefined,
  range: { readonly least: number; readonly most: number },
): number | undefined => {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= range.least && number <= range.most) return number;
  throw new CommandError(
    codes.usage,
    `${option} expects a whole number from ${range.least} to ${range.most}, and got "${value}".`,
  );
};
