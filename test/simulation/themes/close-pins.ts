import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** Operators pin all tools at once, and some of them again seconds later, while the registry is slow: several releases overlap. */
export const closePins: Theme = {
  perThousand: 20,
  shape: (chance, { start, calmAt, tools }) => {
    const slow: Happening = {
      kind: 'trouble',
      at: start + 5 * second,
      service: 'ecr',
      how: 'slow',
      until: calmAt,
    };
    const rounds = Math.min(8, Math.floor((calmAt - start) / (2 * minute)) - 1);
    const round = (_: unknown, n: number): readonly Happening[] => {
      const at = start + (2 + 2 * n) * minute + chance.whole(0, 30) * second;
      const versions = n % 2 === 0 ? ['1.1.0', '1.2.0'] : ['1.2.0', '1.1.0'];
      return versions.flatMap((version, again) =>
        tools.map(
          (tool): Happening => ({
            kind: 'pin',
            at: at + again * chance.whole(2, 12) * second + chance.whole(0, second),
            tool,
            version,
            isPushed: true,
          }),
        ),
      );
    };
    return { happenings: [slow, ...Array.from({ length: rounds }, round).flat()] };
  },
};
