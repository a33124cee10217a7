import type { Audience, Effect } from './effect.ts';
import type { Task } from './task.ts';

/** Events of a run's way that a row keeps for peers that take none: a day of a requeue each hour, and some more. */
const mostNews = 20;
/** Ghosts of one task that are stopped at a time: a sweep sees the others again. */
const mostStops = 20;
/** With so many consequences that must not be lost, a task is neither launched nor redriven: each run adds some. */
const mostOwed = 30;
/** Characters of a foreign sentence: what ECS says is shorter, and a row has 400 KB. */
const longestReason = 500;
const longestTrouble = 300;

/** How many events were dropped from the outbox, by whom they were meant for. */
export type Dropped = Readonly<Partial<Record<Audience, number>>>;

/** A sentence that others wrote, at a length that a row can afford. */
export const clipped = (text: string, most = longestReason): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;

/** Why a consequence could not be carried out, as the row keeps it. */
export const troubleOf = (why: string): string => clipped(why, longestTrouble);

/** What a move leaves in the outbox, and what was dropped for it over the life of the row. */
export const nextOutbox = (
  from: Pick<Task, 'outbox' | 'eventsDropped'> | undefined,
  next: Pick<Task, 'run' | 'runs'>,
  effects: readonly Effect[],
): { outbox: readonly Effect[]; added: readonly Effect[]; eventsDropped: Dropped | undefined } => {
  const replaced = new Set(effects.map(({ id }) => id));
  const kept = (from?.outbox ?? []).filter((old) => !replaced.has(old.id) && !isMoot(old, next));
  const surplus = kept.filter(isNews).length + effects.filter(isNews).length - mostNews;
  const lost = kept.filter(isNews).slice(0, Math.max(0, surplus));
  const eventsDropped = lost.reduce(countOne, from?.eventsDropped);
  const added = effects.map((effect) => withMarker(short(effect), eventsDropped));
  const left = kept.filter((old) => !lost.some(({ id }) => id === old.id));
  return { outbox: [...left, ...added], added, eventsDropped };
};

/** Whether so much is left that must be carried out first; a run or a redrive would add more. */
export const isOutboxFull = ({ outbox }: Pick<Task, 'outbox'>): boolean =>
  outbox.filter((effect) => !isNews(effect)).length >= mostOwed;

/** Whether no more ghosts of this task are to be stopped for now. */
export const hasStopsEnough = ({ outbox }: Pick<Task, 'outbox'>): boolean =>
  outbox.filter(({ kind }) => kind === 'stop').length >= mostStops;

// The doorbell of a run that is past rings for nothing, and a container that was seen stopped needs no stop.
const isMoot = (effect: Effect, { run, runs }: Pick<Task, 'run' | 'runs'>): boolean => {
  if (effect.kind === 'doorbell') return effect.run < run;
  if (effect.kind !== 'stop') return false;
  return runs.some(
    ({ ecsTaskArn, verdict }) => ecsTaskArn === effect.ecsTaskArn && verdict !== 'vanished',
  );
};

/** An event that a later one outdates: it may be lost, and an end may not. */
const isNews = (effect: Effect): effect is Effect & { kind: 'notify' } =>
  effect.kind === 'notify' && (effect.what === 'running' || effect.what === 'requeued');

const countOne = (dropped: Dropped | undefined, { to }: { to: Audience }): Dropped => ({
  ...dropped,
  [to]: (dropped?.[to] ?? 0) + 1,
});

const withMarker = (effect: Effect, eventsDropped: Dropped | undefined): Effect => {
  const dropped = effect.kind === 'notify' ? eventsDropped?.[effect.to] : undefined;
  return effect.kind !== 'notify' || dropped === undefined
    ? effect
    : { ...effect, body: { ...effect.body, dropped } };
};

const short = (effect: Effect): Effect => {
  if (effect.kind === 'dead') return { ...effect, reason: clipped(effect.reason) };
  if (effect.kind === 'stop') return { ...effect, why: clipped(effect.why) };
  if (effect.kind !== 'notify' || effect.body.reason === undefined) return effect;
  return { ...effect, body: { ...effect.body, reason: clipped(effect.body.reason) } };
};
