import type { Availability } from '../../models/ecs/availability.ts';
import type { EcsAction, EcsAnswer } from '../../models/ecs/call.ts';
import { call, newEcs, reclaim, report, setAvailability, tick } from '../../models/ecs/ecs.ts';
import type { EcsOptions } from '../../models/ecs/options.ts';
import type { RuntimeReport } from '../../models/ecs/runtime.ts';
import type { EcsState } from '../../models/ecs/state.ts';
import type { Reaction } from '../../models/ecs/turn.ts';
import type { Rng } from '../../models/random.ts';
import { isObject } from '../../shared/core/object.ts';
import { readJournal } from '../machine/journal.ts';

/** What changes the state of the model. Applied again from the start, with the same seeds, causes lead to the same state. */
export type Cause =
  | { readonly kind: 'call'; readonly action: EcsAction; readonly input: unknown }
  | { readonly kind: 'tick' }
  | { readonly kind: 'report'; readonly report: RuntimeReport }
  | { readonly kind: 'reclaim'; readonly taskArn: string }
  | { readonly kind: 'availability'; readonly provider: string; readonly is: Availability };

/** A cause with its time and the seed of its random numbers. */
interface Entry {
  readonly at: number;
  readonly seed: number;
  readonly cause: Cause;
}

/** The model's reaction to a cause: the next state, events, orders, and the answer to a call. */
export const reactionTo = (
  state: EcsState,
  { at, seed, cause }: Entry,
): Reaction & { readonly answer?: EcsAnswer } => {
  const rng = rngOf(seed);
  switch (cause.kind) {
    case 'call':
      return call(state, { action: cause.action, input: cause.input }, at, rng);
    case 'tick':
      return tick(state, at, rng);
    case 'report':
      return report(state, cause.report, at, rng);
    case 'reclaim':
      return reclaim(state, { taskArn: cause.taskArn }, at, rng);
    case 'availability':
      return { state: setAvailability(state, cause.provider, cause.is), events: [], orders: [] };
  }
};

/** The state that a journal leads to, with these options. */
export const stateIn = (path: string, options: Partial<EcsOptions>): EcsState => {
  const fresh = newEcs(options);
  let state = fresh;
  for (const entry of readJournal(path)) {
    if (isObject(entry) && isState(entry.state)) state = { ...entry.state, options: fresh.options };
    else if (isEntry(entry)) state = reactionTo(state, entry).state;
  }
  return state;
};

/** mulberry32: the random numbers of one cause, made from its seed, so that it can be applied again. */
const rngOf = (seed: number): Rng => {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const isState = (value: unknown): value is EcsState => isObject(value) && 'tasks' in value;

const isEntry = (value: unknown): value is Entry => isObject(value) && isObject(value.cause);
