import type { Item } from '../../models/dynamodb/types.ts';

/** A part of a partition, in its order: at most so many rows, both ends included. */
interface Range {
  readonly after: string;
  readonly before: string;
  readonly most: number;
}

/** The rows of an index, sorted once, so that many of them can wait: by a partition key and a sort key that are texts. */
export const sortedRows = (partition: string, sort: string) => {
  const partitions = new Map<string, Item[]>();

  const textOf = (item: Item, name: string): string => {
    const text = item[name]?.S;
    return typeof text === 'string' ? text : '';
  };

  /** The first place whose key is not before this one. */
  const placeOf = (rows: readonly Item[], key: string): number => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = rows[middle];
      if (row !== undefined && textOf(row, sort) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const rowsOf = (item: Item): Item[] | undefined => {
    const name = textOf(item, partition);
    if (name === '' || textOf(item, sort) === '') return undefined;
    const rows = partitions.get(name) ?? [];
    partitions.set(name, rows);
    return rows;
  };

  return {
    /** An item was written: what it was before, and what it is now. */
    moved: (before: Item | undefined, after: Item | undefined): void => {
      const old = before && rowsOf(before);
      if (before && old) {
        const at = old.indexOf(before, placeOf(old, textOf(before, sort)));
        if (at >= 0) old.splice(at, 1);
      }
      const rows = after && rowsOf(after);
      if (after && rows) rows.splice(placeOf(rows, textOf(after, sort)), 0, after);
    },
    between: (name: string, { after, before, most }: Range): readonly Item[] => {
      const rows = partitions.get(name) ?? [];
      const first = placeOf(rows, after);
      return rows.slice(first, first + most).filter((row) => textOf(row, sort) <= before);
    },
  };
};
