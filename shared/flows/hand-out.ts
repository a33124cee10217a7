import { isSame, type Limit, takenIn } from '../core/limit.ts';
import { runAtLimit } from '../core/limit-key.ts';
import { reserve } from '../core/limit-places.ts';
import { nextInTurn, type Waiter, waitsSince } from '../core/limit-turn.ts';
import type { Queued, Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import type { Limits } from '../ports/limits.ts';
import type { Broker, Clock, Log, Tasks } from '../ports.ts';
import { orUnreadable } from './with-row.ts';

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
  /** Nobody was found who waits. */
  readonly isEmpty: boolean;
  /** Rings for those who got a place, once the limit is saved. A doorbell that is lost is rung again by the sweep. */
  readonly ring: () => Promise<void>;
}

/** The tenants that are asked for each hand-out; there are rarely so many that wait for one tool. */
const mostTenants = 40;
/** The tasks of a tenant that are looked at: some of them may have moved on since the index saw them. */
const mostTasks = 30;

/**
 * Reserves the free places of a limit for those who wait, in turn. The limit is not saved yet. The row of each of them is
 * read before, because an index may be late: a place is never given to a task that does not wait any more.
 */
export const handOut = async (
  ports: HandOutPorts,
  from: Limit,
  { asking, held }: Waiters,
): Promise<HandedOut> => {
  const chosen: Waiter[] = [];
  let limit = from;
  const isFree = from.checkedAt !== undefined && takenIn(from) < from.maxRunning;
  const indexed = isFree && from.waitsSince !== undefined ? await indexedOf(ports, from.name) : [];
  let pool = distinct([...asking, ...held, ...indexed]);
  const isEmpty = isFree && pool.length === 0;
  for (;;) {
    const next = nextInTurn(limit, pool);
    if (next === undefined) break;
    pool = pool.filter((one) => one !== next);
    const waiter = asking.includes(next) ? next : await stillWaiting(ports, limit.name, next);
    if (waiter === undefined || limit.named.some((one) => isSame(one, waiter))) continue;
    limit = reserve(limit, waiter, ports.clock.now());
    chosen.push(waiter);
  }
  const gets = (waiter: Waiter | undefined) =>
    waiter !== undefined && chosen.some((one) => isSame(one, waiter));
  const others = chosen.filter((one) => !asking.some((other) => isSame(other, one)));
  return { limit, gets, isEmpty, ring: () => ringAll(ports, others) };
};

/** Those who wait, of each tenant the first ones. Their run is not in the index: it is 0 until the row was read. */
const indexedOf = async ({ limits, sha256 }: HandOutPorts, name: string): Promise<Waiter[]> => {
  const found: Waiter[] = [];
  let after: string | undefined;
  for (let tenants = 0; tenants < mostTenants; tenants += 1) {
    const page = await limits.waiting(name, { after, most: mostTasks });
    if (page === undefined) break;
    const { tenant } = page;
    found.push(
      ...page.tasks.map(({ taskId, since }) => ({
        ...runAtLimit({ taskId, run: 0, tenant }, sha256),
        since,
      })),
    );
    after = tenant;
  }
  return found;
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

const stillWaiting = async (
  { tasks, sha256 }: HandOutPorts,
  name: string,
  { taskId }: Waiter,
): Promise<Waiter | undefined> => {
  const task = await orUnreadable(tasks.read(taskId));
  if (task instanceof UnreadableRow || task === undefined || !waitsFor(task, name))
    return undefined;
  return { ...runAtLimit(task, sha256), since: waitsSince(task) };
};

const waitsFor = (task: Task, name: string): task is Queued =>
  task.phase === 'QUEUED' && task.hold?.by === name;

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
