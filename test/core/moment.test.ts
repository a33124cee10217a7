import fc from 'fast-check';
import { expect, it } from 'vitest';
import { momentText } from '../../shared/core/moment.ts';

it('writes every time as a calendar does', () => {
  const times = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
  fc.assert(
    fc.property(times, (at) => {
      const [day, time] = new Date(at).toISOString().split('T');
      expect(momentText(at)).toBe(`${day} ${time?.slice(0, 8)} UTC`);
    }),
    { examples: [[Date.UTC(2028, 1, 29)], [Date.UTC(2100, 1, 28)], [Date.UTC(2100, 2, 1)]] },
  );
});
