import { columnsOf, type Screen } from './text.ts';

/** The text before the first row and before the rows below, and how many columns it takes. */
export interface Margin {
  readonly first: string;
  readonly below: string;
  readonly width: number;
}

// With less room than this, the terminal breaks the rows.
const leastRoom = 10;

/**
 * Wraps a text of one line behind a margin. The terminal would begin the next row at its edge, where text of a tool or a
 * publisher would look like a line of Davit. Without a screen the text stays one line.
 */
export const wrap = (text: string, margin: Margin, { columns }: Screen): readonly string[] => {
  const room =
    columns === undefined ? Number.POSITIVE_INFINITY : Math.max(leastRoom, columns - margin.width);
  return rowsOf(text, room).map(
    (row, index) => `${index === 0 ? margin.first : margin.below}${row}`,
  );
};

/** A margin of spaces; the first row may have another text. */
export const indent = (width: number, first: string = ' '.repeat(width)): Margin => ({
  first,
  below: ' '.repeat(width),
  width,
});

/** A text with spaces instead of tabs, because the width of a tab depends on its column. */
export const withoutTabs = (text: string): string => text.replaceAll('\t', '    ');

const whole = new Intl.Segmenter();

const rowsOf = (text: string, room: number): readonly string[] => {
  if (room === Number.POSITIVE_INFINITY) return [text];
  const rows: string[] = [];
  // Measuring is the slowest part, and most characters come more than once.
  const known = new Map<string, number>();
  let row = '';
  let used = 0;
  for (const { segment } of whole.segment(text)) {
    const width = known.get(segment) ?? widestOf(segment);
    known.set(segment, width);
    if (used + width > room) {
      rows.push(row);
      row = '';
      used = 0;
    }
    row += segment;
    used += width;
  }
  return [...rows, row];
};

// Some terminals print the parts of a joined emoji side by side. The row must be short enough for them too.
const widestOf = (character: string): number =>
  Math.max(
    columnsOf(character),
    [...character].map(columnsOf).reduce((sum, one) => sum + one, 0),
  );
