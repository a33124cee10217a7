import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { type Frame, minute } from '../plan-frame.ts';

/** The bounds of one round. Times are epoch ms. */
interface Round {
  readonly number: number;
  readonly at: number;
  /** The next round begins then, or the world calms down. */
  readonly until: number;
}

/**
 * The happenings of four rounds of the same trouble, one after the other: another trouble of the plan often spoils one of them. Give
 * the theme at least `roundsMs`.
 */
export const inRounds = (
  chance: Chance,
  { start, calmAt }: Frame,
  happeningsOf: (round: Round) => readonly Happening[],
): readonly Happening[] => {
  const lengthMs = Math.floor((calmAt - start - minute) / rounds.length);
  return rounds.flatMap((number) => {
    const from = start + minute + (number - 1) * lengthMs;
    return happeningsOf({ number, at: from + chance.whole(0, minute), until: from + lengthMs });
  });
};

/** How long the troubles of a theme with rounds last, in ms. */
export const roundsMs = (chance: Chance): number => chance.whole(25, 45) * minute;

const rounds = [1, 2, 3, 4];
