import { no, type Result, unless, yes } from '../result.ts';
import type { Keys } from '../schema.ts';
import type { Value } from '../types.ts';
import { typeOf } from '../values.ts';
import { type Holders, resolved } from './paths.ts';
import type { Comparator, Condition, Operand, Path } from './tree.ts';

/** What a Query asks of the keys: one partition, and perhaps a condition of the sort key. */
export interface KeyCondition {
  readonly partition: Value;
  readonly sort?: Condition;
}

interface Asked {
  readonly name: string;
  readonly condition: Condition;
}

/** The keys that a condition asks for, or AWS's words for why a Query cannot ask so (developer guide, "Key condition expressions"). */
export const keyConditionOf = (
  condition: Condition,
  keys: Keys,
  holders: Holders,
): Result<KeyCondition> => {
  const parts = condition.kind === 'and' ? condition.parts : [condition];
  const asked = new Map<string, Condition>();
  for (const part of parts) {
    const one = askedBy(part, holders);
    if (!one.ok) return one;
    if (asked.has(one.content.name))
      return no('KeyConditionExpressions must only contain one condition per key');
    asked.set(one.content.name, one.content.condition);
  }
  if (asked.size > 2) return no('Conditions can be of length 1 or 2 only');
  return inSchema(asked, keys, holders);
};

const inSchema = (
  asked: ReadonlyMap<string, Condition>,
  keys: Keys,
  holders: Holders,
): Result<KeyCondition> => {
  const onPartition = asked.get(keys.partition.name);
  if (onPartition === undefined) return missed(keys.partition.name);
  if (onPartition.kind !== 'compare' || onPartition.comparator !== '=')
    return no('Query key condition not supported');
  const partition = valueIn(onPartition, holders);
  if (partition === undefined || typeOf(partition) !== keys.partition.type) return no(wrongType);
  if (asked.size === 1) return yes({ partition });
  if (keys.sort === undefined) return no('Query key condition not supported');
  const sort = asked.get(keys.sort.name);
  if (sort === undefined) return missed(keys.sort.name);
  return unless(hasType(sort, keys.sort.type, holders) ? undefined : wrongType, {
    partition,
    sort,
  });
};

const wrongType =
  'One or more parameter values were invalid: Condition parameter type does not match schema type';

const askedBy = (condition: Condition, holders: Holders): Result<Asked> => {
  switch (condition.kind) {
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') return notUsable('<>');
      if (left.kind === 'path' && right.kind === 'path') {
        return no(
          'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
        );
      }
      if (right.kind !== 'path') return named(left, condition, holders);
      return named(
        right,
        { kind: 'compare', comparator: mirrored[comparator], left: right, right: left },
        holders,
      );
    }
    case 'between':
      return named(condition.value, condition, holders);
    case 'function':
      return condition.name === 'begins_with'
        ? named(condition.first, condition, holders)
        : notUsable(condition.name);
    case 'and':
    case 'or':
    case 'not':
    case 'in':
      return notUsable(condition.kind.toUpperCase());
  }
};

const mirrored: Readonly<Record<Comparator, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

const named = (operand: Operand, condition: Condition, holders: Holders): Result<Asked> => {
  if (operand.kind === 'size')
    return no('KeyConditionExpressions cannot contain nested operations');
  if (operand.kind === 'value')
    return no('Invalid condition in KeyConditionExpression: No key attribute specified');
  const path: Path = resolved(operand.path, holders);
  return path.length === 1
    ? yes({ name: String(path[0]), condition })
    : no('KeyConditionExpressions cannot have conditions on nested attributes');
};

const valueIn = (
  { right }: Extract<Condition, { kind: 'compare' }>,
  holders: Holders,
): Value | undefined => (right.kind === 'value' ? holders.values[right.holder] : undefined);

const hasType = (condition: Condition, type: string, { values }: Holders): boolean => {
  return boundsOf(condition).every((operand) => {
    const value = operand?.kind === 'value' ? values[operand.holder] : undefined;
    return value !== undefined && typeOf(value) === type;
  });
};

const boundsOf = (condition: Condition): readonly (Operand | undefined)[] => {
  if (condition.kind === 'compare') return [condition.right];
  if (condition.kind === 'between') return [condition.low, condition.high];
  return condition.kind === 'function' ? [condition.second] : [];
};

const notUsable = (operator: string) =>
  no(`Invalid operator used in KeyConditionExpression: ${operator}`);

const missed = (name: string) => no(`Query condition missed key schema element: ${name}`);
