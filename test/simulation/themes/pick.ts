import type { Chance } from '../chance.ts';
import { deniedDoubt } from './denied-doubt.ts';
import { lateReads } from './late-reads.ts';
import { longDoubt } from './long-doubt.ts';
import { movingNetwork } from './moving-network.ts';
import { refusedStarts } from './refused-starts.ts';
import { slowStarts } from './slow-starts.ts';
import type { Theme } from './theme.ts';

/** All themes. Together they are in about a third of the worlds, so that most worlds stay without one. */
export const themes: readonly Theme[] = [
  longDoubt,
  deniedDoubt,
  movingNetwork,
  slowStarts,
  refusedStarts,
  lateReads,
];

/** The theme of a world, or undefined. */
export const pickTheme = (chance: Chance): Theme | undefined => {
  let left = chance.whole(0, 999);
  for (const theme of themes) {
    if (left < theme.perThousand) return theme;
    left -= theme.perThousand;
  }
  return undefined;
};
