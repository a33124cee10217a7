import { expect, it } from 'vitest';
import { mostASecond, rateOf } from '../../../bench/crowds/figures.ts';

it('counts the most times that lie within one second, wherever it begins', () => {
  expect(mostASecond([0, 500, 900, 1_400, 1_450, 3_000])).toBe(4);
  expect(mostASecond([2_000, 1_000, 0])).toBe(1);
  expect(mostASecond([])).toBe(0);
});

it('takes the rate over the time from the first to the last', () => {
  expect(rateOf([0, 1_000, 2_000, 4_000])).toBe(1);
});
