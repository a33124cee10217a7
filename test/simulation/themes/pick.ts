import type { Chance } from '../chance.ts';
import { aimedCrashes } from './aimed-crashes.ts';
import { badVersion } from './bad-version.ts';
import { blindDoubt } from './blind-doubt.ts';
import { blindReads } from './blind-reads.ts';
import { closePins } from './close-pins.ts';
import { dayWithoutReplies } from './day-without-replies.ts';
import { deniedDoubt } from './denied-doubt.ts';
import { droppedMessages } from './dropped-messages.ts';
import { impatient } from './impatient.ts';
import { lateAnswers } from './late-answers.ts';
import { lateIndex } from './late-index.ts';
import { lateLogEnds } from './late-log-ends.ts';
import { lateReads } from './late-reads.ts';
import { lateWaiters } from './late-waiters.ts';
import { limits } from './limits.ts';
import { longDoubt } from './long-doubt.ts';
import { lostDoorbells } from './lost-doorbells.ts';
import { lostRows } from './lost-rows.ts';
import { manyTenants } from './many-tenants.ts';
import { movingNetwork } from './moving-network.ts';
import { overtakenAnswers } from './overtaken-answers.ts';
import { ownTerms } from './own-terms.ts';
import { redrives } from './redrives.ts';
import { refusedStarts } from './refused-starts.ts';
import { refusedYetAlive } from './refused-yet-alive.ts';
import { removedLimits } from './removed-limits.ts';
import { requests } from './requests.ts';
import { slowStarts } from './slow-starts.ts';
import { slowTable } from './slow-table.ts';
import { speaking } from './speaking.ts';
import { stageLimit } from './stage-limit.ts';
import type { Theme } from './theme.ts';
import { unconfirmed } from './unconfirmed.ts';
import { unknownTools } from './unknown-tools.ts';

/** All themes. About two thirds of the worlds have one. */
export const themes: readonly Theme[] = [
  badVersion,
  blindDoubt,
  blindReads,
  closePins,
  dayWithoutReplies,
  deniedDoubt,
  droppedMessages,
  impatient,
  lateAnswers,
  lateIndex,
  lateReads,
  longDoubt,
  lostDoorbells,
  lostRows,
  movingNetwork,
  redrives,
  refusedStarts,
  refusedYetAlive,
  requests,
  slowStarts,
  slowTable,
  speaking,
  unconfirmed,
  unknownTools,
  // Newer themes come last: then the worlds of the others stay as they were.
  ownTerms,
  lateLogEnds,
  overtakenAnswers,
  lateWaiters,
  aimedCrashes,
  limits,
  // It has a part of what `limits` had, so that the worlds after it stay as they were.
  stageLimit,
  manyTenants,
  removedLimits,
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
