import { stripVTControlCharacters, styleText } from 'node:util';

/** What is printed to. `columns` is absent when nobody looks: then nothing is cut, coloured or relative. */
export interface Screen {
  readonly columns?: number;
  readonly colours: boolean;
}

/** Colours and weights that this house uses. */
export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'blue';

/** A text in a colour, where the screen has colours. */
export const painted = (screen: Screen, paint: Paint | undefined, text: string): string =>
  paint && screen.colours && text ? styleText(paint, text, { validateStream: false }) : text;

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A stranger's text as one line: no line breaks, no escape sequences that a terminal would obey. */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text).replace(unseen, ' ').trim();

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/u;

const widthOf = (character: string): number =>
  /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;

/** How many columns of a terminal a text takes. */
export const columnsOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + widthOf(character), 0);

const taken = (characters: readonly string[], room: number): string => {
  let used = 0;
  let text = '';
  for (const character of characters) {
    used += widthOf(character);
    if (used > room) break;
    text += character;
  }
  return text;
};

/** Cuts a text to a width: at its end, or in its middle where both ends tell it from others, as with ids. */
export const fitted = (text: string, room: number, at: 'end' | 'middle' = 'end'): string => {
  if (columnsOf(text) <= room) return text;
  if (room < 1) return '';
  const characters = [...text];
  const tail = at === 'middle' ? Math.floor((room - 1) / 2) : 0;
  const end = [...taken([...characters].reverse(), tail)].reverse().join('');
  return `${taken(characters, room - 1 - tail)}…${end}`;
};

/** A text filled up with spaces to a width. */
export const filled = (text: string, room: number, side: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(Math.max(0, room - columnsOf(text)));
  return side === 'left' ? text + space : space + text;
};
