import { type Limit, mostRunning, type RunAtLimit, type ToolQueue, takenIn } from './limit.ts';
import { reserve } from './limit-places.ts';
import { queueOf } from './limit-queues.ts';
import { present } from './present.ts';
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
export const nextInTurn = (limit: Limit, waiters: readonly Waiter[]): Waiter | undefined =>
  inTurn(limit, waiters, Math.min(1, freeIn(limit)))[0];

/** A limit with places that were reserved in turn, and for whom. */
export interface Reserved {
  readonly limit: Limit;
  readonly chosen: readonly Waiter[];
}

/** Reserves all free places for those whose turn it is, one after the other. */
export const reservedInTurn = (from: Limit, waiters: readonly Waiter[], now: number): Reserved => {
  const chosen = inTurn(from, waiters, freeIn(from));
  return { limit: chosen.reduce((limit, one) => reserve(limit, one, now), from), chosen };
};

const freeIn = (limit: Limit): number =>
  limit.checkedAt === undefined ? 0 : limit.maxRunning - takenIn(limit);

/**
 * At most so many of them, as their turns come. Tens of thousands may wait for hundreds of places: they are sorted once, and for
 * each place only the first one of each tenant in each tool is looked at.
 */
const inTurn = (limit: Limit, waiters: readonly Waiter[], most: number): readonly Waiter[] => {
  if (most <= 0) return [];
  const named = new Set(limit.named.map(({ taskId }) => taskId));
  const lines = linesOf(limit, waiters);
  const chosen: Waiter[] = [];
  for (let next = nextOf(lines, named); next; next = nextOf(lines, named)) {
    const { line, waiter } = next;
    named.add(waiter.taskId);
    for (const count of [line.ofTenant, line.ofTool, line.ofBoth]) count.places += 1;
    chosen.push(waiter);
    if (chosen.length === most) break;
  }
  return chosen;
};

/** Whose turn it is: of those that are first in a line. */
const nextOf = (lines: readonly Line[], named: ReadonlySet<string>): First | undefined => {
  let next: First | undefined;
  for (const line of lines) {
    const first = mayHaveMore(line) ? firstOf(line, named) : undefined;
    if (first && (!next || isEarlier(first, next))) next = first;
  }
  return next;
};

const isEarlier = (one: First, other: First): boolean =>
  isBefore(
    one.line.ofTenant.places,
    other.line.ofTenant.places,
    one.since - other.since || one.at - other.at,
  );

/** Who is first in a line. */
interface First extends InLine {
  readonly line: Line;
}

/** The waiters of one tenant in one tool: all have equally many places, so who has waited longest is first. */
interface Line extends Pick<ToolQueue, 'maxRunning' | 'maxPerTenant'> {
  readonly sorted: readonly InLine[];
  /** How many at the front have a place by now. */
  gone: number;
  readonly ofTenant: Count;
  readonly ofTool: Count;
  /** Of the tenant in the tool. */
  readonly ofBoth: Count;
}

/** A waiter, and where it is in the list of all: of two that have waited equally long, the one that comes first there is first. */
interface InLine {
  readonly waiter: Waiter;
  readonly since: number;
  readonly at: number;
}

/** The places that some runs have. Lines share it. */
interface Count {
  places: number;
}

const linesOf = (limit: Limit, waiters: readonly Waiter[]): readonly Line[] => {
  const countOf = countsOf(limit);
  const lines = new Map<string, { of: Waiter; waiting: InLine[] }>();
  for (const [at, waiter] of waiters.entries()) {
    const one = { waiter, since: waiter.since, at };
    const key = ofBoth(waiter);
    const line = lines.get(key);
    if (line) line.waiting.push(one);
    else lines.set(key, { of: waiter, waiting: [one] });
  }
  return [...lines].map(([key, { of, waiting }]) => {
    const { maxRunning, maxPerTenant } = queueOf(limit, of.tool);
    return {
      sorted: waiting.toSorted((one, other) => one.since - other.since),
      gone: 0,
      ofTenant: countOf(of.tenant),
      ofTool: countOf(ofTool(of)),
      ofBoth: countOf(key),
      ...present({ maxRunning, maxPerTenant }),
    };
  });
};

const countsOf = (limit: Limit): ((key: string) => Count) => {
  const counts = new Map<string, Count>();
  const countOf = (key: string): Count => {
    const count = counts.get(key) ?? { places: 0 };
    counts.set(key, count);
    return count;
  };
  for (const run of [...limit.placed, ...limit.named])
    for (const key of [run.tenant, ofTool(run), ofBoth(run)]) countOf(key).places += 1;
  return countOf;
};

type Counted = Pick<RunAtLimit, 'tenant' | 'tool'>;
const ofTool = ({ tool }: Counted): string => `/${tool}`;
const ofBoth = ({ tenant, tool }: Counted): string => `${tenant}/${tool}`;

const mayHaveMore = (line: Line): boolean => {
  const { maxRunning = mostRunning, maxPerTenant = mostRunning } = line;
  return line.ofTool.places < maxRunning && line.ofBoth.places < maxPerTenant;
};

const firstOf = (line: Line, named: ReadonlySet<string>): First | undefined => {
  for (;;) {
    const first = line.sorted[line.gone];
    if (first === undefined) return undefined;
    if (!named.has(first.waiter.taskId)) return { ...first, line };
    line.gone += 1;
  }
};

const isBefore = (places: number, others: number, younger: number): boolean =>
  places === others ? younger < 0 : places < others;
