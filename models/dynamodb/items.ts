import { emptyShards, entryOf, withEntry, withoutEntry } from '../shards.ts';
import type { Keys } from './schema.ts';
import type { Item, Kept, TableOptions, TableState, Value } from './types.ts';
import { scalarText, typeOf } from './values.ts';

/** Tables under test have tens of items, and a Query walks all of them. */
const shardCount = 16;

export const emptyTable = (options: TableOptions): TableState => ({
  options,
  items: emptyShards(shardCount),
  deleted: [],
  throttles: [],
});

/** A text that names the item with this key in its table. */
export const keyTextOf = ({ partition, sort }: Keys, item: Item): string =>
  sort === undefined
    ? textIn(item, partition.name)
    : JSON.stringify([textIn(item, partition.name), textIn(item, sort.name)]);

/** The content of a key's attribute, the same for equal values. */
export const textIn = (item: Item, name: string): string => {
  const value: Value | undefined = item[name];
  return value === undefined ? '' : scalarText(value[typeOf(value) ?? '']);
};

export const itemAt = (state: TableState, key: string): Item | undefined =>
  entryOf(state.items, key)?.item ?? undefined;

/** The items as they were at this time, which a lag may have kept: those that match, in no defined order. */
export const itemsAsOf = (
  { items }: TableState,
  at: number,
  matches: (item: Item) => boolean,
): Item[] => {
  const found: Item[] = [];
  // A Query walks the whole table: a generator would cost more than the comparison.
  for (const shard of items) {
    for (const kept of Object.values(shard)) {
      const item = asOf(kept, at);
      if (item !== null && matches(item)) found.push(item);
    }
  }
  return found;
};

export const itemAsOf = (state: TableState, key: string, at: number): Item | undefined => {
  const kept = entryOf(state.items, key);
  return (kept && asOf(kept, at)) ?? undefined;
};

/** The state with this item under the key, or with none. What was there is kept as long as a lagging read may need it. */
export const withItem = (
  state: TableState,
  { key, item }: { readonly key: string; readonly item: Item | null },
  now: number,
): TableState => {
  const { indexLagMs, readLagMs } = state.options;
  const longestMs = Math.max(indexLagMs[1], readLagMs[1]);
  if (longestMs === 0) {
    const items =
      item === null
        ? withoutEntry(state.items, key)
        : withEntry(state.items, key, { item, past: [] });
    return { ...state, items };
  }
  const kept = entryOf(state.items, key) ?? { item: null, past: [] };
  const past = kept.past.filter(({ until }) => until >= now - longestMs);
  const next: Kept = { item, past: [...past, { until: now, item: kept.item }] };
  const items = withEntry(state.items, key, next);
  const deleted = item === null ? [...state.deleted, { key, at: now }] : state.deleted;
  return forgetting({ ...state, items, deleted }, now - longestMs);
};

const asOf = ({ item, past }: Kept, at: number): Item | null => {
  for (const view of past) if (view.until > at) return view.item;
  return item;
};

/** Removes what was deleted before this time: no read shows it any more. */
const forgetting = (state: TableState, before: number): TableState => {
  let { items, deleted } = state;
  for (let [first] = deleted; first !== undefined && first.at < before; [first] = deleted) {
    if (entryOf(items, first.key)?.item === null) items = withoutEntry(items, first.key);
    deleted = deleted.slice(1);
  }
  return deleted === state.deleted ? state : { ...state, items, deleted };
};
