import type { Chance } from '../chance.ts';
import { badVersion } from './bad-version.ts';
import { longDoubt } from './long-doubt.ts';
import type { Theme } from './theme.ts';

/** All themes. Together they are in about a third of the worlds, so that most worlds stay without one. */
const themes: readonly Theme[] = [longDoubt, badVersion];

/** The theme of a world, or undefined. */
export const pickTheme = (chance: Chance): Theme | undefined => {
  let left = chance.whole(0, 999);
  for (const theme of themes) {
    if (left < theme.perThousand) return theme;
    left -= theme.perThousand;
  }
  return undefined;
};
