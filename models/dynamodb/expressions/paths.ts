import type { Item, Value } from '../types.ts';
import { attributeOf, listOf, membersOf } from '../values.ts';
import type { Path } from './tree.ts';

/** What the placeholders of a request stand for. */
export interface Holders {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/** The path with the names that its placeholders stand for. */
export const resolved = (path: Path, { names }: Holders): Path =>
  path.some(isHolder)
    ? path.map((step) => (isHolder(step) ? (names[String(step)] ?? step) : step))
    : path;

/** The value at a resolved path; undefined where the item has none. */
export const valueAt = (item: Item, [name, ...rest]: Path): Value | undefined => {
  let value = attributeOf(item, String(name));
  for (const step of rest) {
    if (value === undefined) return undefined;
    value = typeof step === 'number' ? listOf(value)[step] : attributeOf(membersOf(value), step);
  }
  return value;
};

/** AWS's words for two paths of which one contains the other; undefined when there are none. */
export const overlapOf = (paths: readonly Path[]): string | undefined => {
  // Most updates change attributes of the item itself, each once.
  if (new Set(paths.map(([name]) => name)).size === paths.length) return undefined;
  for (const [at, path] of paths.entries()) {
    for (const other of paths.slice(0, at)) {
      const why = clashOf(other, path);
      if (why !== undefined)
        return `${why}; must remove or rewrite one of these paths; path one: ${textOf(other)}, path two: ${textOf(path)}`;
    }
  }
  return undefined;
};

const isHolder = (step: string | number): boolean =>
  typeof step === 'string' && step.startsWith('#');

const clashOf = (one: Path, other: Path): string | undefined => {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const [a, b] = [one[at], other[at]];
    if (typeof a !== typeof b) return 'Two document paths conflict with each other';
    if (a !== b) return undefined;
  }
  return 'Two document paths overlap with each other';
};

const textOf = (path: Path): string =>
  `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
