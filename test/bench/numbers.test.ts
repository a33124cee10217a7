import { expect, it } from 'vitest';
import { numberGiven, percentile } from '../../bench/numbers.ts';

it('takes percentiles by the nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, n) => 200 - n);
  expect([50, 99, 100].map((percent) => percentile(values, percent))).toEqual([100, 198, 200]);
  expect(percentile([7], 50)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});

it('takes a number that is in its bounds', () => {
  expect(['1', '50', '2.5', '100'].map((text) => numberGiven('--rate', text, 100))).toEqual([
    1, 50, 2.5, 100,
  ]);
});

it.each(['x', '', '0', '-3', '101', '1e2', 'Infinity', '5 '])(
  'refuses "%s" in one sentence',
  (text) => {
    expect(() => numberGiven('--tasks', text, 100)).toThrow(
      `--tasks must be a number from 1 to 100, but got "${text}".`,
    );
  },
);
