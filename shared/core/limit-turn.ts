import { type Limit, mostRunning, type RunAtLimit, takenIn } from './limit.ts';
import { reserve } from './limit-places.ts';
import { queueOf } from './limit-queues.ts';
import type { Task } from './task.ts';

/** A task that waits for a place. */
export interface Waiter extends RunAtLimit {
  /** When it was queued, less ten minutes for each step of its priority. */
  readonly since: number;
}

/** Each step of priority counts as ten minutes of age. */
const priorityStepMs = 600_000;

/** The time by which tasks of one tenant are ordered: when it was queued, moved by its priority. */
export const waitsSince = ({ queuedAt, priority }: Pick<Task, 'queuedAt' | 'priority'>): number =>
  queuedAt - priority * priorityStepMs;

/**
 * Who gets the next free place: of the tenant with the fewest places, and then who has waited longest. Undefined when no
 * place is free, or none of these may take one. A tenant or a tool with as many places as it may have is passed over. Of the
 * stage, the places of a tenant are those in all its tools.
 */
export const nextInTurn = (limit: Limit, waiters: readonly Waiter[]): Waiter | undefined => {
  if (limit.checkedAt === undefined || takenIn(limit) >= limit.maxRunning) return undefined;
  const { placesOf, mayHaveMore } = countsOf(limit);
  const named = new Set(limit.named.map(({ taskId }) => taskId));
  let best: Waiter | undefined;
  for (const one of waiters) {
    if (named.has(one.taskId) || !mayHaveMore(one)) continue;
    if (best === undefined || isBefore(placesOf(one), placesOf(best), one.since - best.since))
      best = one;
  }
  return best;
};

/** A limit with places that were reserved in turn, and for whom. */
export interface Reserved {
  readonly limit: Limit;
  readonly chosen: readonly Waiter[];
}

/** Reserves all free places for those whose turn it is, one after the other. */
export const reservedInTurn = (from: Limit, waiters: readonly Waiter[], now: number): Reserved => {
  const chosen: Waiter[] = [];
  let limit = from;
  for (let next = nextInTurn(limit, waiters); next; next = nextInTurn(limit, waiters)) {
    limit = reserve(limit, next, now);
    chosen.push(next);
  }
  return { limit, chosen };
};

/** How many places each tenant has, and whether a tool, and a tenant of it, may have one more. */
const countsOf = (limit: Limit) => {
  const counts = new Map<string, number>();
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { tenant, tool } of [...limit.placed, ...limit.named])
    for (const key of [tenant, `/${tool}`, `${tenant}/${tool}`]) count(key);
  const of = (key: string): number => counts.get(key) ?? 0;
  return {
    placesOf: ({ tenant }: Waiter): number => of(tenant),
    mayHaveMore: ({ tenant, tool }: Waiter): boolean => {
      const { maxRunning = mostRunning, maxPerTenant = mostRunning } = queueOf(limit, tool);
      return of(`/${tool}`) < maxRunning && of(`${tenant}/${tool}`) < maxPerTenant;
    },
  };
};

const isBefore = (places: number, others: number, younger: number): boolean =>
  places === others ? younger < 0 : places < others;
