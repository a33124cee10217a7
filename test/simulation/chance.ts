/** Random choices from one stream. The same seed and name give the same stream. */
export interface Chance {
  /** A number in [0, 1). */
  readonly next: () => number;
  /** A whole number from `from` to `to`, both included. */
  readonly whole: (from: number, to: number) => number;
  /** True for this share of the calls. */
  readonly is: (share: number) => boolean;
  readonly pick: <T>(list: readonly [T, ...T[]]) => T;
}

/**
 * A stream of its own for each name: when one part of a world draws more or fewer numbers, the other parts are as before. So a
 * story can be made shorter without changing the rest of it.
 */
export const chanceOf = (seed: number, name: string): Chance => {
  let state = mixed(seed ^ hashOf(name));
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mixed(state) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    is: (share) => next() < share,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
  };
};

/** The last step of the generator Mulberry32. */
const mixed = (state: number): number => {
  let value = Math.imul(state ^ (state >>> 15), 1 | state);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return (value ^ (value >>> 14)) >>> 0;
};

/** FNV-1a. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
};
