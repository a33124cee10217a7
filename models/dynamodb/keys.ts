import { keysRefusal } from './limits.ts';
import type { KeyAttribute, Keys, Schema } from './schema.ts';
import { namesOf } from './schema.ts';
import type { Item } from './types.ts';
import { typeOf } from './values.ts';

/** Why a `Key` names no item of a table with these keys, in AWS's words. */
export const keyRefusal = (key: Item, keys: Keys): string | undefined => {
  const names = namesOf(keys);
  const fits =
    Object.keys(key).length === names.length &&
    attributesOf(keys).every((attribute) => hasType(key, attribute));
  return fits ? keysRefusal(key, keys) : 'The provided key element does not match the schema';
};

/** Why an item cannot be stored under its keys: a missing key, or one of another type. */
export const itemKeysRefusal = (item: Item, { keys, indexes }: Schema): string | undefined => {
  for (const attribute of attributesOf(keys)) {
    const why = ownKeyRefusal(item, attribute);
    if (why !== undefined) return why;
  }
  for (const index of indexes) {
    for (const attribute of attributesOf(index)) {
      if (item[attribute.name] !== undefined && !hasType(item, attribute))
        return `One or more parameter values were invalid: Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} Actual: ${typeIn(item, attribute.name)} IndexName: ${index.name}`;
    }
  }
  return undefined;
};

/** Whether an index holds the item: only items with all of its keys. */
export const isInIndex = (item: Item, keys: Keys): boolean =>
  item[keys.partition.name] !== undefined &&
  (keys.sort === undefined || item[keys.sort.name] !== undefined);

/** The attributes of the table's key, and of the index's. */
export const placeKeyOf = (item: Item, ...all: readonly Keys[]): Item => {
  const key: Record<string, Item[string]> = {};
  for (const name of all.flatMap(namesOf)) {
    const value = item[name];
    if (value !== undefined) key[name] = value;
  }
  return key;
};

const attributesOf = ({ partition, sort }: Keys): readonly KeyAttribute[] =>
  sort === undefined ? [partition] : [partition, sort];

const hasType = (item: Item, { name, type }: KeyAttribute): boolean =>
  item[name]?.[type] !== undefined;

const typeIn = (item: Item, name: string): string | undefined => {
  const value = item[name];
  return value && typeOf(value);
};

const ownKeyRefusal = (item: Item, attribute: KeyAttribute): string | undefined => {
  const { name, type } = attribute;
  const invalid = 'One or more parameter values were invalid:';
  if (item[name] === undefined) return `${invalid} Missing the key ${name} in the item`;
  return hasType(item, attribute)
    ? undefined
    : `${invalid} Type mismatch for key ${name} expected: ${type} actual: ${typeIn(item, name)}`;
};
