import { clipped } from './clipped.ts';
import {
  type Audience,
  type Dropped,
  type Effect,
  type EffectOf,
  isPaced,
  isWaiting,
} from './effect.ts';
import type { Phase, Task } from './task.ts';

/** How many `waiting`, `running` and `requeued` events a row keeps while they cannot be sent: enough for a requeue each hour of a day. */
const mostReplaceable = 20;
/** What so many runs showed of their versions is still to be counted; an older one says little, and is left out. */
const mostCounts = 10;
/** Of `waiting` a row keeps the last three causes, each for two audiences: the release before this one counts them among the lasting effects. */
const mostWaiting = 6;
/** How many ghosts of one task are stopped at a time: the sweep sees the others again. */
const mostStops = 20;
/** With this many effects that must not be lost, a task is neither launched nor redriven, because each run adds some. */
const mostLasting = 30;
/** Characters of why an effect could not be carried out. */
const longestTrouble = 300;

/** Why an effect could not be carried out, as the row stores it. */
export const troubleOf = (why: string): string => clipped(why, longestTrouble);

/** The outbox after a move, the effects that the move added, and how many events were dropped in the life of the row. */
export const nextOutbox = (
  from: Pick<Task, 'outbox' | 'eventsDropped'> | undefined,
  next: Pick<Task, 'run' | 'runs' | 'phase'>,
  effects: readonly Effect[],
): { outbox: readonly Effect[]; added: readonly Effect[]; eventsDropped: Dropped | undefined } => {
  const renewed = new Set(effects.map(({ id }) => id));
  const kept = (from?.outbox ?? []).filter((old) => !renewed.has(old.id) && !isObsolete(old, next));
  const uncounted = surplusOf(kept.filter(isCount), effects.filter(isCount), mostCounts);
  const unheard = surplusOf(kept.filter(isWaiting), effects.filter(isWaiting), mostWaiting);
  const replaceable = kept.filter(isReplaceable).filter((one) => !unheard.includes(one));
  const replaced = surplusOf(replaceable, effects.filter(isReplaceable), mostReplaceable);
  const lost = [...unheard, ...replaced];
  const eventsDropped = lost.reduce(countOne, from?.eventsDropped);
  const added = effects.map((effect) => withDropped(shortened(effect), eventsDropped));
  const gone = new Set([...lost, ...uncounted].map(({ id }) => id));
  const left = kept.filter(({ id }) => !gone.has(id));
  return { outbox: [...left, ...added], added, eventsDropped };
};

/** Whether the outbox holds so many effects that they must be carried out before a launch or a redrive adds more. */
export const isOutboxFull = ({ outbox }: Pick<Task, 'outbox'>): boolean =>
  outbox.filter((effect) => !isReplaceable(effect) && !isCount(effect)).length >= mostLasting;

/** Whether the outbox already holds the most stops; then no other ghost of this task is stopped for now. */
export const hasEnoughStops = ({ outbox }: Pick<Task, 'outbox'>): boolean =>
  outbox.filter(({ kind }) => kind === 'stop').length >= mostStops;

/** The oldest of an outbox that must go, so that with the added ones there are at most so many. */
const surplusOf = <One>(
  kept: readonly One[],
  added: readonly unknown[],
  most: number,
): readonly One[] => kept.slice(0, Math.max(0, kept.length + added.length - most));

// The doorbell of an earlier run has no use, a container that was seen stopped needs no stop, and a task that runs or has ended
// does not wait. An event that could have been sent before the container ran stays: it tells what was.
const isObsolete = (
  effect: Effect,
  { run, runs, phase }: Pick<Task, 'run' | 'runs' | 'phase'>,
): boolean => {
  if (effect.kind === 'doorbell') return effect.run < run;
  if (isWaiting(effect)) return phase === 'RUNNING' ? isPaced(effect) : isEnd(phase);
  if (effect.kind !== 'stop') return false;
  return runs.some(
    ({ ecsTaskArn, verdict }) => ecsTaskArn === effect.ecsTaskArn && verdict !== 'vanished',
  );
};

const isEnd = (phase: Phase): boolean =>
  phase !== 'QUEUED' && phase !== 'LAUNCHING' && phase !== 'STARTING' && phase !== 'RUNNING';

const isCount = ({ kind }: Effect): boolean => kind === 'count';

/** An event that a later one replaces, so that it may be lost; an event about an end may not. */
const isReplaceable = (effect: Effect): effect is EffectOf<'notify'> =>
  effect.kind === 'notify' &&
  (effect.what === 'waiting' || effect.what === 'running' || effect.what === 'requeued');

const countOne = (dropped: Dropped | undefined, { to }: { to: Audience }): Dropped => ({
  ...dropped,
  [to]: (dropped?.[to] ?? 0) + 1,
});

const withDropped = (effect: Effect, eventsDropped: Dropped | undefined): Effect => {
  const dropped = effect.kind === 'notify' ? eventsDropped?.[effect.to] : undefined;
  return effect.kind !== 'notify' || dropped === undefined
    ? effect
    : { ...effect, body: { ...effect.body, dropped } };
};

const shortened = (effect: Effect): Effect => {
  if (effect.kind === 'dead') return { ...effect, reason: clipped(effect.reason) };
  if (effect.kind === 'stop') return { ...effect, why: clipped(effect.why) };
  if (effect.kind !== 'notify' || effect.body.reason === undefined) return effect;
  return { ...effect, body: { ...effect.body, reason: clipped(effect.body.reason) } };
};
