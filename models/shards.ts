import { ownOf } from './own.ts';

/**
 * A map from strings to values as plain JSON, divided into small records. An update copies one record
 * and the outer list, not the whole map, so it is cheap also with tens of thousands of entries, and the
 * old map does not change.
 */
export type Shards<V> = readonly Readonly<Record<string, V>>[];

/** 256 records suit tens of thousands of entries; where there are few, fewer records are faster to walk. */
export const emptyShards = <V>(count = 256): Shards<V> => Array.from({ length: count }, () => ({}));

export const entryOf = <V>(shards: Shards<V>, key: string): V | undefined => {
  const shard = shards[placeOf(key, shards.length)];
  return shard === undefined ? undefined : ownOf(shard, key);
};

export const withEntry = <V>(shards: Shards<V>, key: string, value: V): Shards<V> => {
  const place = placeOf(key, shards.length);
  return shards.with(place, { ...shards[place], [key]: value });
};

export const withoutEntry = <V>(shards: Shards<V>, key: string): Shards<V> => {
  const place = placeOf(key, shards.length);
  const { [key]: _gone, ...rest } = shards[place] ?? {};
  return shards.with(place, rest);
};

/** All values, in no defined order. */
export const valuesOf = function* <V>(shards: Shards<V>): Generator<V> {
  for (const shard of shards) yield* Object.values(shard);
};

/** The same keys with other values. */
export const mappedShards = <V, W>(shards: Shards<V>, to: (value: V) => W): Shards<W> =>
  shards.map((shard) =>
    Object.fromEntries(Object.entries(shard).map(([key, value]) => [key, to(value)])),
  );

/** The hash FNV-1a: ECS's ids are random, but client tokens and the ids in tests may be similar to each other. */
const placeOf = (key: string, count: number): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % count;
};
