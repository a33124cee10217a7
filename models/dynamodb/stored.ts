import { canonicalNumber } from './decimal.ts';
import type { Item, Value } from './types.ts';
import { listOf, membersOf } from './values.ts';

/** An item as DynamoDB gives it back: numbers in their shortest form. Values that are in it already are not copied. */
export const storedItem = (item: Item): Item => {
  let next: Map<string, Value> | undefined;
  for (const name in item) {
    const value = item[name];
    if (value === undefined) continue;
    const stored = storedValue(value);
    if (stored === value) continue;
    next ??= new Map(Object.entries(item));
    next.set(name, stored);
  }
  return next === undefined ? item : Object.fromEntries(next);
};

const storedValue = (value: Value): Value => {
  if (typeof value.N === 'string') {
    const number = canonicalNumber(value.N);
    return number === value.N ? value : { N: number };
  }
  if (Array.isArray(value.NS)) return { NS: value.NS.map((each) => canonicalNumber(String(each))) };
  if (value.M !== undefined) {
    const members = membersOf(value);
    const stored = storedItem(members);
    return stored === members ? value : { M: stored };
  }
  if (value.L === undefined) return value;
  const items = listOf(value);
  const stored = items.map(storedValue);
  return stored.every((each, at) => each === items[at]) ? value : { L: stored };
};
