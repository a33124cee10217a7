import { ownOf } from '../own.ts';

/**
 * A map of strings to values as plain JSON, spread over 256 small records. An update copies one
 * record and the outer list instead of everything, so it stays cheap with tens of thousands of
 * entries, and the old map stays what it was.
 */
export type Shards<V> = readonly Readonly<Record<string, V>>[];

const count = 256;

export const emptyShards = <V>(): Shards<V> => Array.from({ length: count }, () => ({}));

export const entryOf = <V>(shards: Shards<V>, key: string): V | undefined => {
  const shard = shards[placeOf(key)];
  return shard === undefined ? undefined : ownOf(shard, key);
};

export const withEntry = <V>(shards: Shards<V>, key: string, value: V): Shards<V> => {
  const place = placeOf(key);
  return shards.with(place, { ...shards[place], [key]: value });
};

export const withoutEntry = <V>(shards: Shards<V>, key: string): Shards<V> => {
  const place = placeOf(key);
  const { [key]: _gone, ...rest } = shards[place] ?? {};
  return shards.with(place, rest);
};

/** All values; the order says nothing. */
export const valuesOf = function* <V>(shards: Shards<V>): Generator<V> {
  for (const shard of shards) yield* Object.values(shard);
};

/** The same keys with other values. */
export const mappedShards = <V, W>(shards: Shards<V>, to: (value: V) => W): Shards<W> =>
  shards.map((shard) =>
    Object.fromEntries(Object.entries(shard).map(([key, value]) => [key, to(value)])),
  );

/** FNV-1a: ECS's ids are random, but tokens and tests need not be. */
const placeOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % count;
};
