import { keyTextOf } from './items.ts';
import { placeKeyOf } from './keys.ts';
import { type Keys, namesOf, type Schema } from './schema.ts';
import type { Source } from './source.ts';
import type { Item, Value } from './types.ts';
import { compareValues } from './values.ts';

/** The order of the items of one partition, and the keys that name a place in it. */
export interface Order {
  readonly compare: (one: Item, other: Item) => number;
  /** The key of the place of this item, for `LastEvaluatedKey`. */
  readonly placeOf: (item: Item) => Item;
  readonly isPlace: (key: Item) => boolean;
}

/** By the sort key. Items with the same sort key come in an order that has no meaning, as at AWS. */
export const orderOf = ({ keys }: Schema, source: Source): Order => {
  const hashes = new Map<string, number>();
  const names = new Set([keys, source.keys].flatMap(namesOf));
  return {
    compare: (one, other) =>
      compareBySort(one, other, source.keys) ||
      compareByHash(keyTextOf(keys, one), keyTextOf(keys, other), hashes),
    placeOf: (item) => placeKeyOf(item, keys, source.keys),
    isPlace: (key) => {
      const given = Object.keys(key);
      return given.length === names.size && given.every((name) => names.has(name));
    },
  };
};

const compareBySort = (one: Item, other: Item, { sort }: Keys): number => {
  const at = (item: Item): Value | undefined => sort && item[sort.name];
  const [a, b] = [at(one), at(other)];
  return a === undefined || b === undefined ? 0 : (compareValues(a, b) ?? 0);
};

const compareByHash = (one: string, other: string, known: Map<string, number>): number =>
  knownHash(one, known) - knownHash(other, known) || (one < other ? -1 : Number(one > other));

const knownHash = (text: string, known: Map<string, number>): number => {
  const before = known.get(text);
  if (before !== undefined) return before;
  const hash = hashOf(text);
  known.set(text, hash);
  return hash;
};

/** FNV-1a. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
};
