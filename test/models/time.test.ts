import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isoOf, isoToTheSecond } from '../../models/time.ts';

it('writes a time with milliseconds, or to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_000_000_000_000, max: 8_000_000_000_000 }), (epochMs) => {
      const iso = new Date(epochMs).toISOString();
      expect(isoOf(epochMs)).toBe(iso);
      expect(isoToTheSecond(epochMs)).toBe(`${iso.slice(0, 19)}Z`);
    }),
  );
});
