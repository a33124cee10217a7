import { expect, test } from 'vitest';
import { ageOf, fromNow, lengthOf, momentOf } from '../../../cli/print/time.ts';
import { at } from '../tasks.ts';

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [4_260, '4.2 s'],
  [59_999, '59.9 s'],
  [64_000, '1 min 04 s'],
  [7_500_000, '2 h 05 min'],
  [273_600_000, '3 d 04 h'],
  [-5, '0 ms'],
])('a length of %i ms is %s', (ms, text) => {
  expect(lengthOf(ms)).toBe(text);
});

test.each([
  [12_000, '12 s'],
  [119_000, '1 min'],
  [100_000_000, '27 h'],
  [200_000_000, '2 d'],
])('an age of %i ms is %s', (ms, text) => {
  expect(ageOf(ms)).toBe(text);
});

test('a moment relative to now, in either direction', () => {
  expect(fromNow(at(12), at(0))).toBe('in 12 s');
  expect(fromNow(at(0), at(180))).toBe('3 min ago');
  expect(fromNow(at(0), at(0))).toBe('now');
});

test('a moment is written as the table has it, to the second', () => {
  expect(momentOf(at(7))).toBe('2026-11-24T04:12:07Z');
});
