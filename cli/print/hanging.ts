import { columnsOf, type Screen } from './text.ts';

/** What stands before a text in its first row and in those below, and how many columns it takes. */
export interface Margin {
  readonly first: string;
  readonly below: string;
  readonly width: number;
}

// Where so few columns are left, the terminal breaks the rows.
const leastRoom = 10;

/**
 * A text of one line behind a margin. On a screen it is broken here and not by the terminal, which would begin the next row
 * at the edge: there a stranger's words would look like a line of Davit's own.
 */
export const hanging = (text: string, margin: Margin, { columns }: Screen): readonly string[] => {
  const room =
    columns === undefined ? Number.POSITIVE_INFINITY : Math.max(leastRoom, columns - margin.width);
  return rowsOf(text, room).map(
    (row, index) => `${index === 0 ? margin.first : margin.below}${row}`,
  );
};

/** A margin of spaces, but for what stands in the first row. */
export const indentOf = (width: number, first: string = ' '.repeat(width)): Margin => ({
  first,
  below: ' '.repeat(width),
  width,
});

/** A text without tabs: how many columns one takes depends on where it stands. */
export const untabbed = (text: string): string => text.replaceAll('\t', '    ');

const whole = new Intl.Segmenter();

const rowsOf = (text: string, room: number): readonly string[] => {
  if (room === Number.POSITIVE_INFINITY) return [text];
  const rows: string[] = [];
  // Measuring takes longer than all else here, and few characters are new.
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

// A terminal that does not join emoji gives each its columns: its rows must not be broken by it either.
const widestOf = (character: string): number =>
  Math.max(
    columnsOf(character),
    [...character].map(columnsOf).reduce((sum, one) => sum + one, 0),
  );
