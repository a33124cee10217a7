import type { Chance } from '../chance.ts';
import { blindDoubt } from './blind-doubt.ts';
import { blindReads } from './blind-reads.ts';
import { closePins } from './close-pins.ts';
import { dayWithoutReplies } from './day-without-replies.ts';
import { deniedDoubt } from './denied-doubt.ts';
import { lateIndex } from './late-index.ts';
import { lateReads } from './late-reads.ts';
import { longDoubt } from './long-doubt.ts';
import { lostRows } from './lost-rows.ts';
import { movingNetwork } from './moving-network.ts';
import { redrives } from './redrives.ts';
import { refusedStarts } from './refused-starts.ts';
import { refusedYetAlive } from './refused-yet-alive.ts';
import { slowStarts } from './slow-starts.ts';
import { slowTable } from './slow-table.ts';
import type { Theme } from './theme.ts';
import { unconfirmed } from './unconfirmed.ts';

/** All themes. Together they are in about a third of the worlds, so that most worlds stay without one. */
export const themes: readonly Theme[] = [
  longDoubt,
  redrives,
  slowTable,
  unconfirmed,
  closePins,
  dayWithoutReplies,
  refusedYetAlive,
  blindDoubt,
  blindReads,
  lateIndex,
  lostRows,
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
