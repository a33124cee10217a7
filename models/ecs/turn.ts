import type { EcsState } from './state.ts';
import type { Range, Rng, RuntimeOrder } from './types.ts';
import type { EcsEvent } from './wire.ts';

/**
 * One call, tick or report on its way through the model. The turn is the only thing that changes
 * in place, and nobody outside sees it: each value of `state` is immutable.
 */
export interface Turn {
  state: EcsState;
  now: number;
  readonly rng: Rng;
  readonly events: EcsEvent[];
  readonly orders: RuntimeOrder[];
}

/** What a turn came to, for whoever drives the model. */
export interface Reaction {
  readonly state: EcsState;
  readonly events: readonly EcsEvent[];
  readonly orders: readonly RuntimeOrder[];
}

export function newTurn(state: EcsState, now: number, rng: Rng): Turn {
  return { state, now, rng, events: [], orders: [] };
}

export function reactionOf({ state, events, orders }: Turn): Reaction {
  return { state, events, orders };
}

/** A whole number of milliseconds in the range, both bounds included. */
export function drawn(turn: Turn, [from, to]: Range): number {
  return to <= from ? from : from + Math.floor(turn.rng() * (to - from + 1));
}

export function chance(turn: Turn, share: number): boolean {
  return share > 0 && turn.rng() < share;
}

export function hexId(turn: Turn, digits: number): string {
  let hex = '';
  while (hex.length < digits) hex += word(turn);
  return hex.slice(0, digits);
}

/** Eight hexadecimal digits from one draw: 32 bits are what a small generator has. */
function word(turn: Turn): string {
  return Math.floor(turn.rng() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
}

export function uuid(turn: Turn): string {
  const hex = hexId(turn, 32);
  return [8, 12, 16, 20, 32].map((end, at, ends) => hex.slice(ends[at - 1] ?? 0, end)).join('-');
}
