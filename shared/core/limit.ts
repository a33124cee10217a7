import { present } from './present.ts';

/** The most runs that one limit may allow: the item of a limit is written for each of them (docs/limits.md has the arithmetic). */
export const mostRunning = 500;

/** What a tool's spec says of its limit. */
export interface LimitTerms {
  readonly maxRunning: number;
  readonly maxPerTenant?: number;
}

/** A run that asks for a place, or has one. `key` and `tenant` are short digests (limit-key.ts). */
export interface RunAtLimit {
  readonly taskId: string;
  readonly run: number;
  readonly key: string;
  readonly tenant: string;
}

/** A run that has a place: its row was seen LAUNCHING, and the end of the run frees the place. */
export interface PlacedRun {
  readonly key: string;
  readonly tenant: string;
}

/**
 * A run that has a place and is known by name, because its row must still be looked at: `reserved`, it may be launched;
 * `leaving`, it may not, and its place goes to the next one; `found`, it was launched without a place, and no end frees it.
 */
export interface NamedRun extends RunAtLimit {
  readonly state: 'reserved' | 'leaving' | 'found';
  readonly since: number;
}

/** A run whose row was not found: its place is taken away when that is so for long. */
export interface SuspectRun {
  readonly key: string;
  readonly since: number;
}

/** The places of one limit. It changes only by the functions of this folder, under a write that names its revision. */
export interface Limit extends LimitTerms {
  /** `limit/<tool>`, as a hold and a row name it. */
  readonly name: string;
  /** 0: the table has no item yet. */
  readonly revision: number;
  readonly openedAt: number;
  /** When the runs that were launched before the limit were counted. Until then no task gets a place. */
  readonly checkedAt?: number;
  readonly placed: readonly PlacedRun[];
  readonly named: readonly NamedRun[];
  /** How many runs without a place there are beyond those that are named. */
  readonly unlisted: number;
  /** When a task was last told to wait. Absent: no task waits, and a new task may take a free place. */
  readonly waitsSince?: number;
  /** The last tenant that was asked who waits, when not all were asked: the next hand-out begins behind it. */
  readonly readUpTo?: string;
  readonly suspects: readonly SuspectRun[];
}

/** A limit that no task has asked before. */
export const newLimit = (name: string, terms: LimitTerms, now: number): Limit => ({
  name,
  revision: 0,
  openedAt: now,
  placed: [],
  named: [],
  unlisted: 0,
  suspects: [],
  ...termsOf(terms),
});

/** The limit as the spec says it today. */
export const withTerms = (limit: Limit, terms: LimitTerms): Limit => {
  const { maxRunning, maxPerTenant } = terms;
  if (limit.maxRunning === maxRunning && limit.maxPerTenant === maxPerTenant) return limit;
  const { maxPerTenant: _old, ...rest } = limit;
  return { ...rest, ...termsOf(terms) };
};

/** How many places are taken. */
export const takenIn = (limit: Limit): number =>
  limit.placed.length + limit.named.length + limit.unlisted;

/** How many of them the runs of this tenant have. */
export const takenBy = (limit: Limit, tenant: string): number =>
  [...limit.placed, ...limit.named].filter((one) => one.tenant === tenant).length;

/** Why a run of this tenant gets no place now: none is free, or its tenant has as many as it may have. */
export const fullFor = (limit: Limit, tenant: string): 'limit' | 'tenant' | undefined => {
  if (limit.checkedAt === undefined || takenIn(limit) >= limit.maxRunning) return 'limit';
  const { maxPerTenant } = limit;
  return maxPerTenant !== undefined && takenBy(limit, tenant) >= maxPerTenant
    ? 'tenant'
    : undefined;
};

/** A mark that is younger than this is not written again. */
const markMs = 60_000;

/** No task waits: the mark goes, unless it was made a moment ago by a task whose row the index may not show yet. */
export const unmarked = (limit: Limit, now: number): Limit => {
  if (limit.waitsSince === undefined || now < limit.waitsSince + 2 * markMs) return limit;
  const { waitsSince: _mark, ...rest } = limit;
  return rest;
};

/** Where the next hand-out goes on to ask who waits; undefined: with the first tenant. */
export const readUpTo = (limit: Limit, tenant: string | undefined): Limit => {
  if (limit.readUpTo === tenant) return limit;
  const { readUpTo: _old, ...rest } = limit;
  return { ...rest, ...present({ readUpTo: tenant }) };
};

/** Somebody waits. */
export const marked = (limit: Limit, now: number): Limit =>
  limit.waitsSince !== undefined && now < limit.waitsSince + markMs
    ? limit
    : { ...limit, waitsSince: now };

/** Whether two names are of one run. */
export const isSame = (
  one: Pick<RunAtLimit, 'taskId' | 'run'>,
  other: Pick<RunAtLimit, 'taskId' | 'run'>,
): boolean => one.taskId === other.taskId && one.run === other.run;

const termsOf = ({ maxRunning, maxPerTenant }: LimitTerms): LimitTerms => ({
  maxRunning,
  ...present({ maxPerTenant }),
});
