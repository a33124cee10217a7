import type { Item, Value } from '../types.ts';
import { listOf, membersOf } from '../values.ts';
import { valueAt } from './paths.ts';
import type { Path } from './tree.ts';

/** The parts of an item that these paths name, in the item's shape. Picked items of a list keep their order and move together. */
export const projected = (item: Item, paths: readonly Path[]): Item => {
  const found = paths.filter((path) => valueAt(item, path) !== undefined);
  return membersAt(item, found);
};

const membersAt = (item: Item, paths: readonly Path[]): Item => {
  const names = new Set(paths.map(([name]) => String(name)));
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) =>
      names.has(name) ? [[name, partOf(value, restsAfter(name, paths))]] : [],
    ),
  );
};

const partOf = (value: Value, rests: readonly Path[]): Value => {
  if (rests.some((rest) => rest.length === 0)) return value;
  if (value.L === undefined) return { M: membersAt(membersOf(value), rests) };
  const parts = listOf(value).flatMap((each, at) => {
    const inside = restsAfter(at, rests);
    return inside.length === 0 ? [] : [partOf(each, inside)];
  });
  return { L: parts };
};

const restsAfter = (step: string | number, paths: readonly Path[]): readonly Path[] =>
  paths.filter(([first]) => first === step).map(([, ...rest]) => rest);
