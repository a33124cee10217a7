import { placeKeyOf } from './keys.ts';
import type { IndexKeys, Keys, Schema } from './schema.ts';
import type { Item } from './types.ts';

/** What a Query reads: an index, or the table itself. */
export interface Source {
  readonly keys: Keys;
  readonly index?: IndexKeys;
}

/** The part of an item that the source holds. */
export const partIn = ({ index }: Source, item: Item, { keys }: Schema): Item => {
  if (index === undefined || index.projected === 'all') return item;
  const part: Record<string, Item[string]> = { ...placeKeyOf(item, keys, index) };
  for (const name of index.projected) {
    const value = item[name];
    if (value !== undefined) part[name] = value;
  }
  return part;
};
