import { describe, expect, it } from 'vitest';
import { furthestMs } from '../../shared/core/due.ts';
import {
  clockTime,
  keptMs,
  lasting,
  platformMs,
  repairMs,
  stopOverdueMs,
  strangerKeptMs,
} from '../../shared/core/times.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe('a wait that doubles', () => {
  it('stays at its longest', () => {
    expect([1, 4, 5, 99].map(repairMs)).toEqual([1, 8, 10, 10].map((n) => n * minute));
    expect([1, 5, 6, 99].map(platformMs)).toEqual([10, 160, 300, 300].map((n) => n * second));
  });
});

it('keeps rows for a quarter of a year, and what strangers can make for two weeks', () => {
  expect([keptMs, strangerKeptMs]).toEqual([90 * 24 * hour, 14 * 24 * hour]);
  expect(stopOverdueMs).toBe(15 * minute);
});

it('reads no time in a row that is more than 31 days later than its last write', () => {
  expect(furthestMs).toBe(31 * 24 * hour);
});

it('writes a time of day to the second that has begun', () => {
  expect(clockTime(Date.UTC(2026, 10, 24, 3, 4, 5, 999))).toBe('03:04:05 UTC');
  expect(clockTime(Date.UTC(2026, 10, 24, 23, 59, 59))).toBe('23:59:59 UTC');
});

it.each([
  [6 * hour, '6 h'],
  [90 * minute, '90 min'],
  [minute, '1 min'],
  [90 * second, '90 s'],
  [1_600, '2 s'],
  [1, '0 s'],
  [0, '0 s'],
])('writes %i ms as %s', (ms, words) => {
  expect(lasting(ms)).toBe(words);
});
