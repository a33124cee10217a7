import { isLabel } from '../shared/wire/request.ts';
import { shown } from '../shared/wire/shown.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';

/** The value of `--group`; throws for a text that is no group. */
export const groupNamed = (text: string): string => {
  if (isLabel(text)) return text;
  throw new CommandError(
    codes.usage,
    `--group expects 1 to 100 letters, digits, _ . @ or -, and got ${shown(text)}.`,
  );
};
