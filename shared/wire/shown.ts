import { spelledOut } from './visible.ts';

/** As much of a stranger's text as a sentence can carry. */
const shownCharacters = 60;

/** A text that somebody else wrote, cut to so many characters and with everything invisible spelled out. */
export const printable = (text: string, most: number = shownCharacters): string => {
  // A prefix first: splitting megabytes into characters only to show sixty would be slow.
  const characters = [...text.slice(0, 2 * most + 2)];
  const short =
    characters.length > most ? `${characters.slice(0, most).join('')}…` : characters.join('');
  return spelledOut(short);
};

/** What came, for a sentence: texts in quotes, collections by their kind, the rest as JSON writes it. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') {
    return value === '' ? 'an empty text' : `"${printable(value)}"`;
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
