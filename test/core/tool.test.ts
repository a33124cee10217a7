import { expect, it } from 'vitest';
import { isMadeOf } from '../../shared/core/tool.ts';

const pin = { pinVersion: 3, specVersion: 5, changedAt: 1_000 };

it.each([
  ['the same parameters', pin, true],
  ['older ones, whatever their versions', { pinVersion: 9, specVersion: 9, changedAt: 999 }, false],
  [
    'newer ones, whatever their versions',
    { pinVersion: 1, specVersion: 1, changedAt: 1_001 },
    true,
  ],
  ['an older pin of the same time', { ...pin, pinVersion: 2 }, false],
  ['an older spec of the same time', { ...pin, specVersion: 4 }, false],
  ['newer versions of the same time', { ...pin, pinVersion: 4, specVersion: 6 }, true],
  ['nothing', undefined, false],
])('a record that was made from %s', (_what, live, expected) => {
  expect(isMadeOf(live, pin)).toBe(expected);
});
