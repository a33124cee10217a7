import { differenceOf, sumOf } from '../decimal.ts';
import { no, type Result, yes } from '../result.ts';
import type { Item, Value } from '../types.ts';
import { listOf, membersOf, scalarText, typeOf } from '../values.ts';
import { operandValue } from './holds.ts';
import { type Holders, resolved, valueAt } from './paths.ts';
import type { Assigned, Change, Path } from './tree.ts';

/** The item after these changes. Every value on a right-hand side is that of the item before. */
export const changedItem = (
  item: Item,
  changes: readonly Change[],
  holders: Holders,
): Result<Item> => {
  const next = new Map(Object.entries(item));
  for (const change of inOrder(changes)) {
    const path = resolved(change.path, holders);
    const to = targetOf(change, path, { item, holders });
    if (!to.ok) return to;
    const isPlaced = place(next, path, to.content);
    if (!isPlaced) return invalidPath;
  }
  return yes(Object.fromEntries(next));
};

/** Positions of a list are those of the item before: what is removed goes last, the end of a list first. */
const inOrder = (changes: readonly Change[]): readonly Change[] => {
  const isRemoval = ({ kind }: Change) => kind === 'remove';
  const removals = changes.filter(isRemoval);
  if (removals.every(({ path }) => path.length === 1)) return changes;
  const last = ({ path }: Change) => Number(path.at(-1));
  return [
    ...changes.filter((change) => !isRemoval(change)),
    ...removals.sort((a, b) => (last(b) > last(a) ? 1 : -1)),
  ];
};

interface Before {
  readonly item: Item;
  readonly holders: Holders;
}

/** The new value at the path of a change; undefined when the change removes it. */
const targetOf = (change: Change, path: Path, before: Before): Result<Value | undefined> => {
  if (change.kind === 'remove') return yes(undefined);
  if (change.kind === 'set') return assigned(change.to, before);
  const old = valueAt(before.item, path);
  const operand = before.holders.values[change.holder];
  if (operand === undefined) return missing;
  return change.kind === 'add' ? added(old, operand) : withoutMembers(old, operand);
};

const assigned = (to: Assigned, before: Before): Result<Value> => {
  switch (to.kind) {
    case 'path':
    case 'value':
    case 'size': {
      const value = operandValue(to, before.item, before.holders);
      return value === undefined ? missing : yes(value);
    }
    case 'if_not_exists': {
      const value = valueAt(before.item, resolved(to.path, before.holders));
      return value === undefined ? assigned(to.otherwise, before) : yes(value);
    }
    case 'list_append':
    case 'plus':
    case 'minus': {
      const left = assigned(to.left, before);
      if (!left.ok) return left;
      const right = assigned(to.right, before);
      return right.ok ? combined(to.kind, left.content, right.content) : right;
    }
  }
};

const combined = (
  kind: 'list_append' | 'plus' | 'minus',
  left: Value,
  right: Value,
): Result<Value> => {
  if (kind === 'list_append') {
    if (left.L === undefined || right.L === undefined) return wrongType;
    return yes({ L: [...listOf(left), ...listOf(right)] });
  }
  if (typeof left.N !== 'string' || typeof right.N !== 'string') return wrongType;
  return yes({ N: kind === 'plus' ? sumOf(left.N, right.N) : differenceOf(left.N, right.N) });
};

const added = (old: Value | undefined, operand: Value): Result<Value> => {
  const type = typeOf(operand);
  if (type === undefined || (old !== undefined && typeOf(old) !== type)) return wrongType;
  if (typeof operand.N === 'string') return yes({ N: sumOf(String(old?.N ?? '0'), operand.N) });
  const [had, more] = [setOf(old, type), setOf(operand, type)];
  if (more === undefined) return wrongType;
  const known = new Set((had ?? []).map(scalarText));
  return yes({
    [type]: [...(had ?? []), ...more.filter((member) => !known.has(scalarText(member)))],
  });
};

const withoutMembers = (old: Value | undefined, operand: Value): Result<Value | undefined> => {
  const type = typeOf(operand);
  const gone = type === undefined ? undefined : setOf(operand, type);
  if (type === undefined || gone === undefined) return wrongType;
  if (old === undefined) return yes(undefined);
  const had = setOf(old, type);
  if (had === undefined) return wrongType;
  const texts = new Set(gone.map(scalarText));
  const left = had.filter((member) => !texts.has(scalarText(member)));
  return yes(left.length === 0 ? undefined : { [type]: left });
};

const setOf = (value: Value | undefined, type: string): readonly unknown[] | undefined => {
  const set = value?.[type];
  return ['SS', 'NS', 'BS'].includes(type) && Array.isArray(set) ? set : undefined;
};

/** False when the path leads through something that is no map or list. */
const place = (next: Map<string, Value>, path: Path, to: Value | undefined): boolean => {
  const [first, ...rest] = path;
  const name = String(first);
  if (rest.length === 0) {
    if (to === undefined) next.delete(name);
    else next.set(name, to);
    return true;
  }
  const old = next.get(name);
  const changed = old === undefined ? undefined : withAt(old, rest, to);
  if (changed !== undefined) next.set(name, changed);
  return changed !== undefined;
};

const withAt = (value: Value, path: Path, to: Value | undefined): Value | undefined =>
  typeof path[0] === 'number' ? inList(value, path, to) : inMap(value, path, to);

const inMap = (value: Value, [step, ...rest]: Path, to: Value | undefined): Value | undefined => {
  if (value.M === undefined) return undefined;
  const members = new Map(Object.entries(membersOf(value)));
  const isPlaced = place(members, [String(step), ...rest], to);
  return isPlaced ? { M: Object.fromEntries(members) } : undefined;
};

const inList = (value: Value, [step, ...rest]: Path, to: Value | undefined): Value | undefined => {
  if (value.L === undefined) return undefined;
  const items = listOf(value);
  const at = Math.min(Number(step), items.length);
  const old = items[at];
  if (rest.length === 0) {
    return { L: items.toSpliced(at, 1, ...(to === undefined ? [] : [to])) };
  }
  const changed = old === undefined ? undefined : withAt(old, rest, to);
  return changed === undefined ? undefined : { L: items.with(at, changed) };
};

const wrongType = no('An operand in the update expression has an incorrect data type');
const invalidPath = no('The document path provided in the update expression is invalid for update');
const missing = no(
  'The provided expression refers to an attribute that does not exist in the item',
);
