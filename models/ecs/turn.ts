import { drawnFrom, type Range, type Rng } from '../random.ts';
import type { RuntimeOrder } from './runtime.ts';
import type { EcsState } from './state.ts';
import type { EcsEvent } from './task-view.ts';

/**
 * One call, tick or report while the model works on it. The turn is the only thing that changes in
 * place. It does not leave the model, and each value of `state` is immutable.
 */
export interface Turn {
  state: EcsState;
  now: number;
  readonly rng: Rng;
  readonly events: EcsEvent[];
  readonly orders: RuntimeOrder[];
}

/** The result of a turn, for the caller of the model. */
export interface Reaction {
  readonly state: EcsState;
  readonly events: readonly EcsEvent[];
  readonly orders: readonly RuntimeOrder[];
}

export const newTurn = (state: EcsState, now: number, rng: Rng): Turn => ({
  state,
  now,
  rng,
  events: [],
  orders: [],
});

export const reactionOf = ({ state, events, orders }: Turn): Reaction => ({
  state,
  events,
  orders,
});

/** A random whole number of milliseconds in the range, both bounds included. */
export const draw = (turn: Turn, range: Range): number => drawnFrom(turn.rng, range);

export const drawChance = (turn: Turn, share: number): boolean => share > 0 && turn.rng() < share;

export const drawHexId = (turn: Turn, digits: number): string => {
  let hex = '';
  while (hex.length < digits) hex += drawEightDigits(turn);
  return hex.slice(0, digits);
};

export const drawUuid = (turn: Turn): string => {
  const hex = drawHexId(turn, 32);
  return [8, 12, 16, 20, 32].map((end, at, ends) => hex.slice(ends[at - 1] ?? 0, end)).join('-');
};

/** Eight hexadecimal digits from one random number: small generators have only 32 bits. */
const drawEightDigits = (turn: Turn): string =>
  Math.floor(turn.rng() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
