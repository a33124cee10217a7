import { expect, it } from 'vitest';
import { figuresOf, unitsOf } from '../../../bench/limits/write-units.ts';

it('charges a unit for each KiB begun', () => {
  expect([0, 1, 1_024, 1_025, 11_373].map(unitsOf)).toEqual([1, 1, 1, 2, 12]);
});

it('sums the writes of the time, those that lost a race too', () => {
  const writes = [
    { at: 999, bytes: 9_000, isLost: false },
    { at: 1_000, bytes: 1_000, isLost: false },
    { at: 1_500, bytes: 2_000, isLost: true },
    { at: 2_100, bytes: 2_000, isLost: false },
    { at: 3_000, bytes: 9_000, isLost: false },
  ];
  expect(figuresOf(writes, { from: 1_000, until: 3_000 })).toEqual({
    writesASecond: 1.5,
    lostRacesASecond: 0.5,
    largestItemBytes: 2_000,
    unitsASecond: 3,
    unitsInBusiestSecond: 3,
  });
});

it('has figures of no writes', () => {
  expect(figuresOf([], { from: 0, until: 1_000 })).toMatchObject({
    writesASecond: 0,
    largestItemBytes: 0,
    unitsInBusiestSecond: 0,
  });
});
