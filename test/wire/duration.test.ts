import { describe, expect, it } from 'vitest';
import { durationMsOf, durationText } from '../../shared/wire/duration.ts';

describe('a length of time', () => {
  it.each([
    ['250ms', 250],
    ['0s', 0],
    ['90s', 90_000],
    ['15m', 900_000],
    ['6h', 21_600_000],
    ['14d', 1_209_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMsOf(text)).toBe(ms);
  });

  it.each(['', '90', '1.5h', '-1s', ' 1s', '1 s', '1S', '1w', '1h30m', '9999999999s'])(
    '"%s" is not a length of time',
    (text) => {
      expect(durationMsOf(text)).toBeUndefined();
    },
  );

  it.each([
    [250, '250ms'],
    [1000, '1s'],
    [90_000, '90s'],
    [900_000, '15m'],
    [21_600_000, '6h'],
    [1_209_600_000, '14d'],
    [0, '0s'],
  ])('%i ms are written %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
