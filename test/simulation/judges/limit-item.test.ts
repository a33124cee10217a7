import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Item } from '../watchers.ts';
import { keepsPlace } from './limit-item.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A limit with a run that has a place, and one of which it has only the digest. */
const item: Item = {
  namedRuns: {
    L: [{ S: `r1764082800 ${sha256('a/1').slice(0, 12)}${sha256('x').slice(0, 8)} a/1` }],
  },
  placedRuns: { L: [{ S: `${sha256('b/1').slice(0, 12)}${sha256('x').slice(0, 8)}` }] },
};
const world = { cloud: { isSpoilt: () => true } };

it('lets a row that cannot be read keep its place, by name or by digest, also that of an earlier run', () => {
  expect(keepsPlace(world, item, { taskId: 'a', run: 1 })).toBe(true);
  expect(keepsPlace(world, item, { taskId: 'b', run: 1 })).toBe(true);
  expect(keepsPlace(world, item, { taskId: 'b', run: 2 })).toBe(true);
});

it('lets no other row keep one', () => {
  expect(keepsPlace(world, item, { taskId: 'c', run: 3 })).toBe(false);
  expect(keepsPlace(world, undefined, { taskId: 'a', run: 1 })).toBe(false);
  const repaired = { cloud: { isSpoilt: () => false } };
  expect(keepsPlace(repaired, item, { taskId: 'a', run: 1 })).toBe(false);
});
