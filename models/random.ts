/** A random number in [0, 1): the only source of chance in a model. */
export type Rng = () => number;

/** The lower and upper bound of a random value, drawn with the caller's `Rng`; equal bounds give a constant. */
export type Range = readonly [from: number, to: number];

/** A random whole number in the range, both bounds included. A range of one number draws nothing. */
export const drawnFrom = (rng: Rng, [from, to]: Range): number =>
  to <= from ? from : from + Math.floor(rng() * (to - from + 1));
