import { visibleLine } from '../../shared/wire/visible.ts';
import { columnsOf, type Paint, padded, painted, type Screen, truncated } from './text.ts';

/** One column of a table over rows of type R. */
export interface Column<R> {
  readonly head: string;
  readonly of: (row: R) => string;
  readonly paint?: (row: R) => Paint | undefined;
  readonly side?: 'left' | 'right';
  /** Where its cells may be cut, and the width that remains at least. */
  readonly cut?: { readonly at: 'end' | 'middle'; readonly least: number };
  /** The column may be left out when cutting is not enough; the highest number goes first. */
  readonly spare?: number;
}

const gap = '  ';

/** A task id has at most 100 columns. A longer cell must not make all other rows as wide as itself. */
export const mostCellColumns = 120;

/**
 * The lines of a table. On a screen the table is at most as wide as the screen: cells are cut first, then spare columns are
 * left out, and on a very narrow screen every cell is cut. Without a screen cells are complete, so that scripts can find them.
 * Only cells over `mostCellColumns` are cut there, except in the last column, where a long cell makes no other row wider.
 */
export const table = <R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  screen: Screen,
): readonly string[] => {
  const cells = [
    columns.map((column) => column.head),
    ...rows.map((row) =>
      columns.map((column, index) => {
        const text = visibleLine(column.of(row));
        const isLast = index === columns.length - 1;
        return isLast ? text : truncated(text, mostCellColumns, column.cut?.at);
      }),
    ),
  ];
  const room = screen.columns ?? Number.POSITIVE_INFINITY;
  const widths = shrunk(sizes(cells), columns, room);
  const fewer = total(widths) > room ? withoutSpare(columns) : undefined;
  if (fewer) return table(rows, fewer, screen);
  const fitting = shrunk(widths, columns.map(cutAnyhow), room);

  const line = (values: readonly string[], paintOf: (column: Column<R>) => Paint | undefined) =>
    columns
      .map((column, index) => {
        const width = fitting[index] ?? 0;
        const text = padded(
          truncated(values[index] ?? '', width, column.cut?.at),
          width,
          column.side,
        );
        return painted(
          screen,
          paintOf(column),
          index === columns.length - 1 ? text.trimEnd() : text,
        );
      })
      .join(gap)
      .trimEnd();

  return cells.map((values, index) => {
    const row = rows[index - 1];
    return line(values, (column) => (row === undefined ? 'dim' : column.paint?.(row)));
  });
};

/** Makes the widest column that may be cut narrower, one step at a time, until the table fits or no column can be cut. */
const shrunk = <R>(
  natural: readonly number[],
  columns: readonly Column<R>[],
  room: number,
): number[] => {
  // A column wider than the whole room is cut to it at once, to save steps.
  const widths = natural.map((width, index) =>
    columns[index]?.cut ? Math.min(width, room) : width,
  );
  const leastOf = (index: number): number => columns[index]?.cut?.least ?? Number.POSITIVE_INFINITY;
  while (total(widths) > room) {
    const free = widths.map((width, index) => width - leastOf(index));
    const widest = free.indexOf(Math.max(...free));
    const width = widths[widest] ?? 0;
    if ((free[widest] ?? 0) <= 0) break;
    widths[widest] = width - 1;
  }
  return widths;
};

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + gap.length * Math.max(0, widths.length - 1);

const sizes = (cells: readonly (readonly string[])[]): number[] =>
  (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => columnsOf(row[index] ?? ''))));

const withoutSpare = <R>(columns: readonly Column<R>[]): readonly Column<R>[] | undefined => {
  const most = Math.max(...columns.map((column) => column.spare ?? 0));
  return most > 0 ? columns.filter((column) => column.spare !== most) : undefined;
};

const cutAnyhow = <R>(column: Column<R>): Column<R> => ({
  ...column,
  cut: { at: column.cut?.at ?? 'end', least: 1 },
});
