/** A random number in [0, 1): the only source of chance in a model. */
export type Rng = () => number;

/** The lower and upper bound of a random value, drawn with the caller's `Rng`; equal bounds give a constant. */
export type Range = readonly [from: number, to: number];
