import { isSame, type Limit, takenIn } from '../core/limit.ts';
import { runAtLimit } from '../core/limit-key.ts';
import { holdAt } from '../core/limit-name.ts';
import { readUpTo } from '../core/limit-queues.ts';
import { type Reserved, reservedInTurn, type Waiter, waitsSince } from '../core/limit-turn.ts';
import type { Queued, Task } from '../core/task.ts';
import type { Limits } from '../ports/limits.ts';
import type { Broker, Clock, Log, Tasks } from '../ports.ts';
import { indexedWaiters } from './indexed-waiters.ts';
import { rowsOf } from './rows-of-runs.ts';

/** What it takes to hand out places. */
export interface HandOutPorts {
  readonly limits: Limits;
  readonly tasks: Pick<Tasks, 'read'>;
  readonly broker: Pick<Broker, 'ring'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly sha256: (text: string) => string;
}

interface Waiters {
  /** Tasks that ask now, whose rows were just read. */
  readonly asking: readonly Waiter[];
  /** Tasks that were just held: the index may not have them yet. */
  readonly held: readonly Waiter[];
}

/** A limit with its free places reserved for those whose turn it is. */
export interface HandedOut {
  readonly limit: Limit;
  readonly gets: (waiter: Waiter | undefined) => boolean;
  /** The tools of which no waiting task was found. */
  readonly empty: readonly string[];
  /** Rings for those who got a place, once the limit is saved. A doorbell that is lost is rung again by the sweep. */
  readonly ring: () => Promise<void>;
}

/**
 * Reserves the free places of a limit for those who wait, in turn. The limit is not saved yet. The row of each of them is
 * read before, because an index may be late: a place is never given to a task that does not wait any more. `waiting` is the
 * function of `Limits`, or its answers of a moment ago.
 */
export const handOut = async (
  ports: HandOutPorts & Pick<Limits, 'waiting'>,
  from: Limit,
  { asking, held }: Waiters,
): Promise<HandedOut> => {
  const isFree = from.checkedAt !== undefined && takenIn(from) < from.maxRunning;
  const read = isFree ? await indexedWaiters(ports, from) : [];
  const start = read.reduce((limit, one) => readUpTo(limit, one.tool, one.readUpTo), from);
  const fresh = [...asking, ...held];
  const pool = distinct([...fresh, ...read.flatMap(({ waiters }) => waiters)]);
  const { limit, chosen } = await chooseOf(ports, start, { asking, pool });
  const gets = (waiter: Waiter | undefined) =>
    waiter !== undefined && chosen.some((one) => isSame(one, waiter));
  const others = chosen.filter((one) => !asking.some((other) => isSame(other, one)));
  const empty = read
    .filter(({ tool, isEmpty }) => isEmpty && !fresh.some((one) => one.tool === tool))
    .map(({ tool }) => tool);
  return { limit, gets, empty, ring: () => ringAll(ports, others) };
};

/** Chooses, reads the rows of those who were chosen at the same time, and chooses again without those who do not wait any more. */
const chooseOf = async (
  ports: HandOutPorts,
  limit: Limit,
  from: { readonly asking: readonly Waiter[]; readonly pool: readonly Waiter[] },
): Promise<Reserved> => {
  const known = new Set(from.asking.map(({ taskId }) => taskId));
  let { pool } = from;
  for (;;) {
    const turn = reservedInTurn(limit, pool, ports.clock.now());
    const isUnread = ({ taskId }: Waiter) => !known.has(taskId);
    const asked = turn.chosen.filter(isUnread);
    if (asked.length === 0) return turn;
    const rows = await rowsOf(ports, asked);
    const read = new Map(rows.map(({ run, row }) => [run.taskId, row]));
    for (const { taskId } of asked) known.add(taskId);
    const isAsked = new Set(asked.map(({ taskId }) => taskId));
    pool = pool.flatMap((one) =>
      isAsked.has(one.taskId) ? waiterIn(ports, limit.name, read.get(one.taskId)) : [one],
    );
  }
};

// The first one of a task is kept: it is the one whose row was read.
const distinct = (waiters: readonly Waiter[]): readonly Waiter[] => {
  const seen = new Set<string>();
  return waiters.filter(({ taskId }) => {
    const isNew = !seen.has(taskId);
    seen.add(taskId);
    return isNew;
  });
};

const waiterIn = (
  { sha256 }: HandOutPorts,
  name: string,
  row: Task | undefined,
): readonly Waiter[] =>
  row !== undefined && waitsFor(row, name)
    ? [{ ...runAtLimit(row, sha256), since: waitsSince(row) }]
    : [];

const waitsFor = (task: Task, name: string): task is Queued =>
  task.phase === 'QUEUED' && task.hold?.by === holdAt(name, task.tool);

const ringAll = async (
  { broker, log }: HandOutPorts,
  waiters: readonly Waiter[],
): Promise<void> => {
  await Promise.all(
    waiters.map(async ({ taskId, run }) => {
      const sent = await broker.ring(taskId, run);
      if (sent.kind === 'sent') return;
      const why = sent.kind === 'unroutable' ? 'no queue took the message' : sent.why;
      log('warn', 'limit.notRung', { taskId, why });
    }),
  );
};
