import { visibleLine } from '../../shared/wire/visible.ts';
import { columnsOf, filled, fitted, type Paint, painted, type Screen } from './text.ts';

/** One column of a table over rows of type R. */
export interface Column<R> {
  readonly head: string;
  readonly of: (row: R) => string;
  readonly paint?: (row: R) => Paint | undefined;
  readonly side?: 'left' | 'right';
  /** Where it may be cut, and to how many columns at the least. */
  readonly cut?: { readonly at: 'end' | 'middle'; readonly least: number };
  /** Left out when nothing else helps; higher goes first. */
  readonly spare?: number;
}

const gap = '  ';

/** The longest id of a task has 100. What is longer is no name of Davit's, and must not fill up every other row to its width. */
export const mostCellColumns = 120;

/**
 * Lines of a table. On a screen it is as wide as the screen at the most: columns are cut first, then spare ones left
 * out, and on a very narrow one every cell is cut. Elsewhere cells are whole, so that scripts find them, but for those of more than
 * `mostCellColumns`: these are cut in all columns but the last, which widens no row but its own.
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
        return isLast ? text : fitted(text, mostCellColumns, column.cut?.at);
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
        const text = filled(fitted(values[index] ?? '', width, column.cut?.at), width, column.side);
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

/** Takes from the widest column that may be cut, one step at a time, until the table fits or nothing is left to take. */
const shrunk = <R>(
  natural: readonly number[],
  columns: readonly Column<R>[],
  room: number,
): number[] => {
  // What is wider than all the room would be cut to it anyway, one step at a time.
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
