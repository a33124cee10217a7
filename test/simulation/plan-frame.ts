import type { Chance } from './chance.ts';

/** The bounds of what a plan lets happen. Times are epoch ms. */
export interface Frame {
  readonly start: number;
  readonly calmAt: number;
  /** The names of the tools. */
  readonly tools: readonly string[];
}

export const second = 1_000;
export const minute = 60 * second;

/** A time between the first second and the last minute before the world calms down. */
export const timeIn = (chance: Chance, { start, calmAt }: Frame): number =>
  chance.whole(start + second, calmAt - minute);
