import { spelledOut } from './visible.ts';

/** How much of another party's text a sentence quotes. */
const shownCharacters = 60;

/** A text of another party, cut to `most` characters, with every invisible character written out. */
export const printable = (text: string, most: number = shownCharacters): string => {
  // It is cut before it is split: splitting megabytes to show sixty characters would be slow.
  const characters = [...text.slice(0, 2 * most + 2)];
  const short =
    characters.length > most ? `${characters.slice(0, most).join('')}…` : characters.join('');
  return spelledOut(short);
};

/** A value for a sentence: a text in quotes, "an array" or "an object", any other value as JavaScript writes it. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') {
    return value === '' ? 'an empty text' : `"${printable(value)}"`;
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
