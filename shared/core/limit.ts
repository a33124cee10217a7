import { present } from './present.ts';

/** The most runs that one limit may allow: the item of a limit is written for each of them (docs/limits.md has the arithmetic). */
export const mostRunning = 500;

/**
 * The most runs that the limit of the stage may allow. Its item is written for every tool, and has the tool of each run as well,
 * so that fewer fit into the same writes.
 */
export const mostOfStage = 400;

/** What a tool's spec says of its limit. */
export interface LimitTerms {
  readonly maxRunning: number;
  readonly maxPerTenant?: number;
}

/** The limit of the stage, and the limits of tools that are counted in it; of those without one only the name. */
export interface StageTerms {
  readonly maxRunning: number;
  readonly tools: readonly (Partial<LimitTerms> & { readonly tool: string })[];
}

/** Those tasks of one tool that wait for a limit, and what the limit allows to that tool. */
export interface ToolQueue extends Partial<LimitTerms> {
  readonly tool: string;
  /** When a task was last told to wait. Absent: none waits, and a new one may take a free place. */
  readonly waitsSince?: number;
  /** The last tenant that was asked who waits, when not all were asked: the next hand-out begins behind it. */
  readonly readUpTo?: string;
  /** Something else holds the whole tool (a pause): none of its tasks gets a place until one asks again, or the sweep sees that it is over. */
  readonly isHeld?: true;
}

/** A run that asks for a place, or has one. `key` and `tenant` are short digests (limit-key.ts). */
export interface RunAtLimit {
  readonly taskId: string;
  readonly run: number;
  readonly key: string;
  readonly tenant: string;
  readonly tool: string;
}

/** A run that has a place: its row was seen LAUNCHING, and the end of the run frees the place. */
export type PlacedRun = Pick<RunAtLimit, 'key' | 'tenant' | 'tool'>;

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
export interface Limit extends LimitTerms, Pick<ToolQueue, 'waitsSince' | 'readUpTo'> {
  /** `limit/<tool>` or `stage`, as a row names it. */
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
  readonly suspects: readonly SuspectRun[];
  /** Of the stage alone: the tools that it has heard of. A tool's own limit has its one queue in its own fields. */
  readonly tools?: readonly ToolQueue[];
}

/** A limit that no task has asked before. */
export const newLimit = (name: string, terms: LimitTerms | StageTerms, now: number): Limit => ({
  name,
  revision: 0,
  openedAt: now,
  placed: [],
  named: [],
  unlisted: 0,
  suspects: [],
  ...('tools' in terms ? { maxRunning: terms.maxRunning, tools: terms.tools } : ownTerms(terms)),
});

/** How many places are taken. */
export const takenIn = (limit: Limit): number =>
  limit.placed.length + limit.named.length + limit.unlisted;

/** How many of them these runs of a tool have: all, or those of one tenant. */
export const takenBy = (
  limit: Limit,
  of: { readonly tool: string; readonly tenant?: string },
): number =>
  [...limit.placed, ...limit.named].filter(
    ({ tool, tenant }) => tool === of.tool && (of.tenant === undefined || of.tenant === tenant),
  ).length;

/** Whether two names are of one run. */
export const isSame = (
  one: Pick<RunAtLimit, 'taskId' | 'run'>,
  other: Pick<RunAtLimit, 'taskId' | 'run'>,
): boolean => one.taskId === other.taskId && one.run === other.run;

/** What a tool's limit says, and nothing else. */
export const ownTerms = ({ maxRunning, maxPerTenant }: LimitTerms): LimitTerms => ({
  maxRunning,
  ...present({ maxPerTenant }),
});
