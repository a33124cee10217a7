import { isObject } from '../object.ts';
import { ownOf } from '../own.ts';
import { compareNumbers } from './decimal.ts';
import type { Item, Value } from './types.ts';

/** The types of DynamoDB's values. */
export const valueTypes = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL'] as const;

/** `S`, `N` and so on; undefined for a value without a type. */
export const typeOf = (value: Value): string | undefined => {
  for (const type in value) if (value[type] !== undefined) return type;
  return undefined;
};

const isValue = (value: unknown): value is Value => isObject(value);

/** Whether every member is an object; `limits.ts` says whether the members are values that DynamoDB stores. */
export const isItem = (value: unknown): value is Item =>
  isObject(value) && Object.values(value).every(isObject);

/** The attribute of this name, not what every object inherits. */
export const attributeOf = (item: Item, name: string): Value | undefined => ownOf(item, name);

/** The members of a map, the items of a list; empty for other values. */
export const membersOf = (value: Value): Item => (isItem(value.M) ? value.M : {});
export const listOf = (value: Value): readonly Value[] =>
  Array.isArray(value.L) ? value.L.filter(isValue) : [];

/** Equal types and contents; the order of a set does not count. */
export const areEqual = (one: Value, other: Value): boolean => {
  const type = typeOf(one);
  if (type === undefined || type !== typeOf(other)) return false;
  if (type === 'M') return areEqualMaps(membersOf(one), membersOf(other));
  if (type === 'L') return areEqualLists(listOf(one), listOf(other));
  if (type === 'SS' || type === 'NS' || type === 'BS')
    return textOfSet(one[type]) === textOfSet(other[type]);
  if (type === 'NULL' || type === 'BOOL') return one[type] === other[type];
  return compareScalars(type, one[type], other[type]) === 0;
};

/** Negative, zero or positive; undefined when the values have no order: only S, N and B have one, each within its type. */
export const compareValues = (one: Value, other: Value): number | undefined => {
  const type = typeOf(one);
  if (type !== typeOf(other)) return undefined;
  return type === 'S' || type === 'N' || type === 'B'
    ? compareScalars(type, one[type], other[type])
    : undefined;
};

/** A scalar's content as a text that is equal for equal values: a binary value is base64, whatever form it came in. */
export const scalarText = (content: unknown): string =>
  content instanceof Uint8Array ? base64Of(content) : String(content);

/** The bytes of a binary value, which is a Uint8Array or base64. */
export const bytesOf = (content: unknown): Uint8Array =>
  content instanceof Uint8Array
    ? content
    : Uint8Array.from(atob(String(content)), (each) => each.charCodeAt(0));

const compareScalars = (type: string, one: unknown, other: unknown): number => {
  if (one === other) return 0;
  if (type === 'N') return compareNumbers(String(one), String(other));
  return type === 'B'
    ? compareBytes(bytesOf(one), bytesOf(other))
    : compareTexts(String(one), String(other));
};

/** The order of UTF-8 bytes, which differs from that of JavaScript's texts for characters beyond 16 bits. */
const compareTexts = (one: string, other: string): number => {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return one.length - other.length;
};

/** Surrogates, which are the characters beyond 16 bits, come after all others. */
const rankOf = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

const compareBytes = (one: Uint8Array, other: Uint8Array): number => {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
};

const areEqualMaps = (one: Item, other: Item): boolean => {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => {
      const [a, b] = [one[name], other[name]];
      return a !== undefined && b !== undefined && areEqual(a, b);
    })
  );
};

const areEqualLists = (one: readonly Value[], other: readonly Value[]): boolean =>
  one.length === other.length &&
  one.every((value, at) => {
    const twin = other[at];
    return twin !== undefined && areEqual(value, twin);
  });

const textOfSet = (set: unknown): string =>
  Array.isArray(set) ? set.map(scalarText).sort().join('\u0000') : '';

const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};
