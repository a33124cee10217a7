import type { Item, Value } from '../types.ts';
import {
  areEqual,
  bytesOf,
  compareValues,
  listOf,
  membersOf,
  scalarText,
  typeOf,
} from '../values.ts';
import { type Holders, resolved, valueAt } from './paths.ts';
import type { Comparator, Condition, Operand } from './tree.ts';

/** Whether a condition is true for an item; an item that does not exist is empty. */
export const holds = (condition: Condition, item: Item, holders: Holders): boolean => {
  const read = (operand: Operand): Value | undefined => operandValue(operand, item, holders);
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, item, holders));
    case 'or':
      return condition.parts.some((part) => holds(part, item, holders));
    case 'not':
      return !holds(condition.part, item, holders);
    case 'compare':
      return isTrue(condition.comparator, read(condition.left), read(condition.right));
    case 'between': {
      const value = read(condition.value);
      return isTrue('>=', value, read(condition.low)) && isTrue('<=', value, read(condition.high));
    }
    case 'in': {
      const value = read(condition.value);
      return condition.options.some((option) => isTrue('=', value, read(option)));
    }
    case 'function': {
      const { name, first, second } = condition;
      return functions[name](read(first), second && read(second));
    }
  }
};

/** The value of an operand; undefined where the item has none. */
export const operandValue = (operand: Operand, item: Item, holders: Holders): Value | undefined => {
  if (operand.kind === 'path') return valueAt(item, resolved(operand.path, holders));
  if (operand.kind === 'value') return holders.values[operand.holder];
  const value = operandValue(operand.of, item, holders);
  const size = value === undefined ? undefined : sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
};

/** A comparison with a missing value is false, except that it differs from every value. */
const isTrue = (
  comparator: Comparator,
  left: Value | undefined,
  right: Value | undefined,
): boolean => {
  if (left === undefined || right === undefined) return comparator === '<>';
  if (comparator === '=') return areEqual(left, right);
  if (comparator === '<>') return !areEqual(left, right);
  const order = compareValues(left, right);
  return order !== undefined && inOrder[comparator](order);
};

const inOrder: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

type Judge = (first: Value | undefined, second: Value | undefined) => boolean;

const functions: Readonly<Record<Extract<Condition, { kind: 'function' }>['name'], Judge>> = {
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  attribute_type: (value, type) => value !== undefined && typeOf(value) === type?.S,
  begins_with: (value, start) => beginsWith(value, start),
  contains: (value, part) => value !== undefined && part !== undefined && contains(value, part),
};

const beginsWith = (value: Value | undefined, start: Value | undefined): boolean => {
  if (typeof value?.S === 'string' && typeof start?.S === 'string')
    return value.S.startsWith(start.S);
  if (value?.B === undefined || start?.B === undefined) return false;
  const bytes = bytesOf(value.B);
  return bytesOf(start.B).every((byte, at) => byte === bytes[at]);
};

const contains = (value: Value, part: Value): boolean => {
  if (typeof value.S === 'string') return typeof part.S === 'string' && value.S.includes(part.S);
  if (value.L !== undefined) return listOf(value).some((each) => areEqual(each, part));
  return (['S', 'N', 'B'] as const).some((type) => {
    const set = value[`${type}S`];
    if (!Array.isArray(set) || part[type] === undefined) return false;
    return set.map(scalarText).includes(scalarText(part[type]));
  });
};

const sizeOf = (value: Value): number | undefined => {
  if (typeof value.S === 'string') return new TextEncoder().encode(value.S).length;
  if (value.B !== undefined) return bytesOf(value.B).length;
  if (value.L !== undefined) return listOf(value).length;
  if (value.M !== undefined) return Object.keys(membersOf(value)).length;
  const set = value.SS ?? value.NS ?? value.BS;
  return Array.isArray(set) ? set.length : undefined;
};
