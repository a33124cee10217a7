import { isSame, type Limit, type NamedRun, type RunAtLimit, takenIn } from './limit.ts';
import { queueOf, queuesOf, unmarked } from './limit-queues.ts';

/** A run whose row was not found in any read of the index for so long has no row: its place is taken away. */
const lostMs = 20 * 60_000;
/** The most runs without a place that are kept by name: the item of a limit has 400 KB. */
const mostFound = 500;

/** What a look at the rows has shown of a limit's runs. */
export interface Look {
  /** Digests of all current runs of its tools that the index shows; undefined when the look was not finished. */
  readonly current?: ReadonlySet<string>;
  /** Current runs, read consistently, that the limit did not have. */
  readonly found: readonly RunAtLimit[];
  /** Runs that have a place by name, and whose row says that they are over. */
  readonly over: readonly RunAtLimit[];
  /** How many runs without a place were not read. */
  readonly unlisted: number;
  readonly at: number;
}

/** The limit after a look: what is over goes, and what was not counted is counted. */
export const afterLook = (limit: Limit, look: Look): Limit => {
  const isOver = (one: NamedRun) => look.over.some((other) => isSame(one, other));
  const named = limit.named.filter((one) => !isOver(one));
  const known = new Set([...limit.placed, ...named].map(({ key }) => key));
  const found = look.found.filter(({ key }) => !known.has(key));
  // The most in all, and not for each look: the others are only counted, until some of these are over.
  const room = Math.max(0, mostFound - named.filter(({ state }) => state === 'found').length);
  const more = found
    .slice(0, room)
    .map((run): NamedRun => ({ ...run, state: 'found', since: look.at }));
  const counted = {
    ...limit,
    named:
      named.length === limit.named.length && more.length === 0 ? limit.named : [...named, ...more],
    unlisted: look.current ? look.unlisted + found.length - more.length : limit.unlisted,
  };
  return look.current ? withSuspects(counted, look.current, look.at) : counted;
};

/** Whether runs may be alive that this limit does not count, because it is new. */
export const isUncounted = (limit: Limit, now: number): boolean =>
  limit.checkedAt === undefined && now >= limit.openedAt + settlingMs;

/** The runs that were launched before the limit was known are counted: from now on places are given. */
export const counted = (limit: Limit, now: number): Limit =>
  limit.checkedAt === undefined ? { ...limit, checkedAt: now } : limit;

/**
 * A limit that `tools.yml` does not have any more: if it comes back, the runs of that time are counted first. Until then runs
 * without a place do not count: while the tool is busy, there are always some, and the item would never go.
 */
export const uncounted = (limit: Limit, now: number): Limit => {
  const { checkedAt: _counted, ...rest } = limit;
  const named = limit.named.filter(({ state }) => state !== 'found');
  return { ...rest, named, unlisted: 0, openedAt: now };
};

/**
 * Whether the item of a removed limit may go: it counts nothing, an earlier sweep has stopped giving places, and no task was told
 * to wait lately. Such a task may be held by the limit soon, and then somebody must ring for it.
 */
export const isRemovable = (limit: Limit, was: Limit, now: number): boolean =>
  takenIn(limit) === 0 &&
  was.checkedAt === undefined &&
  queuesOf(limit).every(({ tool }) => !isMarked(limit, tool, now));

const isMarked = (limit: Limit, tool: string, now: number): boolean =>
  queueOf(unmarked(limit, tool, now), tool).waitsSince !== undefined;

/** A process may use a spec for five seconds after it was changed, and an index is a moment behind. */
const settlingMs = 20_000;

// The end of a run frees its place, so a place without a row is a mistake of a person, or of a restored table.
const withSuspects = (limit: Limit, current: ReadonlySet<string>, now: number): Limit => {
  const unseen = limit.placed.filter(({ key }) => !current.has(key));
  if (unseen.length === 0 && limit.suspects.length === 0) return limit;
  const since = new Map(limit.suspects.map((one) => [one.key, one.since]));
  const gone = new Set(
    unseen.filter(({ key }) => (since.get(key) ?? now) <= now - lostMs).map(({ key }) => key),
  );
  const suspects = unseen
    .filter(({ key }) => !gone.has(key))
    .map(({ key }) => ({ key, since: since.get(key) ?? now }));
  const isSameList =
    suspects.length === limit.suspects.length && suspects.every(({ key }) => since.has(key));
  return {
    ...limit,
    placed: gone.size === 0 ? limit.placed : limit.placed.filter(({ key }) => !gone.has(key)),
    suspects: isSameList ? limit.suspects : suspects,
  };
};
