import { describe, expect, it } from 'vitest';
import { chanceOf } from '../chance.ts';
import { planOf } from '../plan-of.ts';
import { pickTheme, themes } from './pick.ts';

describe('the themes', () => {
  it('leave one world in twenty-five without one', () => {
    const share = themes.reduce((sum, { perThousand }) => sum + perThousand, 0);
    expect(share).toBeLessThanOrEqual(960);
  });

  it('are all picked', () => {
    const picked = new Set(seeds(2_000).map((seed) => pickTheme(chanceOf(seed, 'theme'))));
    expect(themes.filter((theme) => !picked.has(theme))).toEqual([]);
  });

  it('let nothing happen before a world begins, and no trouble last when it is calm', () => {
    for (const seed of seeds(500)) {
      const { start, calmAt, happenings } = planOf(seed);
      const troubles = happenings.filter(({ kind }) => kind === 'trouble' || kind === 'noCapacity');
      expect(happenings.every(({ at }) => start <= at)).toBe(true);
      for (const trouble of troubles)
        expect({ seed, until: 'until' in trouble && trouble.until <= calmAt }).toEqual({
          seed,
          until: true,
        });
    }
  });
});

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);
