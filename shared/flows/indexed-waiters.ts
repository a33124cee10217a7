import { type Limit, type ToolQueue, takenIn } from '../core/limit.ts';
import { runAtLimit } from '../core/limit-key.ts';
import { holdAt } from '../core/limit-name.ts';
import { fullFor, openQueues } from '../core/limit-queues.ts';
import type { Waiter } from '../core/limit-turn.ts';
import type { Limits } from '../ports/limits.ts';

/** The tenants that are asked for each hand-out, apart from those that have all the places that they may have. The tools share them. */
const mostTenants = 40;
const leastTenants = 8;
/** The most questions for one hand-out: each is for one tenant. The next hand-out goes on behind the last one. */
const mostQuestions = 200;
/** The tasks of a tenant that are looked at beyond the free places: some have moved on since the index saw them. */
const spareTasks = 30;

/** What an index shows of those tasks of a tool that wait for a limit. */
export interface Indexed {
  readonly tool: string;
  /** Of each tenant those who have waited longest. Their run is not in the index: it is 0 until the row was read. */
  readonly waiters: readonly Waiter[];
  /** The index shows no waiting task. */
  readonly isEmpty: boolean;
  /** The last tenant that was asked; undefined when all were asked. */
  readonly readUpTo: string | undefined;
}

type IndexPorts = Pick<Limits, 'waiting'> & { readonly sha256: (text: string) => string };

/** Asks the index who waits for a limit: of each tool that may have one more place, at the same time. */
export const indexedWaiters = (ports: IndexPorts, limit: Limit): Promise<readonly Indexed[]> => {
  const queues = openQueues(limit);
  const tenants = Math.max(leastTenants, Math.ceil(mostTenants / queues.length));
  return Promise.all(queues.map((queue) => waitersIn(ports, limit, { queue, tenants })));
};

/** Tenant by tenant, from the one behind `readUpTo` of the queue, and round to it again. */
const waitersIn = async (
  { waiting, sha256 }: IndexPorts,
  limit: Limit,
  { queue, tenants: most }: { readonly queue: ToolQueue; readonly tenants: number },
): Promise<Indexed> => {
  const { tool, readUpTo: start } = queue;
  const by = holdAt(limit.name, tool);
  const mostTasks = mostTasksOf(limit);
  const waiters: Waiter[] = [];
  let after = start;
  let isFromFirst = start === undefined;
  let tenants = 0;
  let isEmpty = true;
  for (let n = 0; n < mostQuestions && tenants < most; n += 1) {
    const page = await waiting(by, { after, most: mostTasks });
    const isRound = isFromFirst && (page === undefined || isBehind(page.tenant, start));
    if (isRound) return { tool, waiters, isEmpty, readUpTo: undefined };
    if (page === undefined) {
      isFromFirst = true;
      after = undefined;
      continue;
    }
    const { tenant } = page;
    isEmpty = false;
    after = tenant;
    const found = page.tasks.map(
      ({ taskId, since }): Waiter => ({
        ...runAtLimit({ taskId, run: 0, tenant, tool }, sha256),
        since,
      }),
    );
    if (found[0] === undefined || fullFor(limit, found[0]) !== undefined) continue;
    tenants += 1;
    waiters.push(...found);
  }
  return { tool, waiters, isEmpty, readUpTo: after };
};

/** The same questions get the same answers: who has lost a race for the limit need not ask again, since rows are read anyway. */
export const waitingOnce = ({ waiting }: Pick<Limits, 'waiting'>): Limits['waiting'] => {
  const answers = new Map<string, ReturnType<Limits['waiting']>>();
  return (by, options) => {
    const question = JSON.stringify([by, options.after]);
    const kept = answers.get(question) ?? waiting(by, options);
    answers.set(question, kept);
    return kept;
  };
};

const isBehind = (tenant: string, start: string | undefined): boolean =>
  start !== undefined && tenant > start;

// The oldest entries of the index may be those whose place is reserved already: they are dropped later.
const mostTasksOf = (limit: Limit): number =>
  limit.maxRunning -
  takenIn(limit) +
  limit.named.filter(({ state }) => state !== 'found').length +
  spareTasks;
