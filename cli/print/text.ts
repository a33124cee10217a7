import { styleText } from 'node:util';
import stringWidth from 'string-width';

/** Where text is printed. Without a terminal `columns` is absent, and nothing is cut, wrapped or relative. */
export interface Screen {
  readonly columns?: number;
  readonly colours: boolean;
}

/** The colours and weights that Davit uses. */
export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'blue';

/** A text in a colour, where the screen has colours. */
export const painted = (screen: Screen, paint: Paint | undefined, text: string): string =>
  paint && screen.colours && text ? styleText(paint, text, { validateStream: false }) : text;

/** The width in terminal columns of a text without escapes. A joined emoji or a flag takes two. */
export const columnsOf = (text: string): number =>
  stringWidth(text, { countAnsiEscapeCodes: true });

/** A text cut to a width: at its end, or in its middle, as for ids, where both ends matter. */
export const truncated = (text: string, room: number, at: 'end' | 'middle' = 'end'): string => {
  if (beginning(text, room) === text) return text;
  if (room < 1) return '';
  const tail = at === 'middle' ? Math.floor((room - 1) / 2) : 0;
  return `${beginning(text, room - 1 - tail)}…${ending(text, tail)}`;
};

/** A text padded up with spaces to a width. */
export const padded = (text: string, room: number, side: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(Math.max(0, room - columnsOf(text)));
  return side === 'left' ? text + space : space + text;
};

const whole = new Intl.Segmenter();

/** The longest beginning that fits. The rest of the text is not read, however long it is. */
const beginning = (text: string, room: number): string => {
  let used = 0;
  for (const { segment, index } of whole.segment(text)) {
    used += columnsOf(segment);
    if (used > room) return text.slice(0, index);
  }
  return text;
};

// The longest emoji that Unicode recommends has fourteen UTF-16 units.
const unitsPerColumn = 16;

const ending = (text: string, room: number): string => {
  let used = 0;
  let kept = '';
  for (const character of room > 0
    ? characters(text.slice(-unitsPerColumn * room)).toReversed()
    : []) {
    used += columnsOf(character);
    if (used > room) break;
    kept = character + kept;
  }
  return kept;
};

const characters = (text: string): readonly string[] =>
  [...whole.segment(text)].map(({ segment }) => segment);
