import { type Limit, type ToolQueue, takenIn } from '../core/limit.ts';
import { runAtLimit } from '../core/limit-key.ts';
import { holdAt } from '../core/limit-name.ts';
import { fullFor, openQueues } from '../core/limit-queues.ts';
import type { Waiter } from '../core/limit-turn.ts';
import type { Limits } from '../ports/limits.ts';

/** The tenants that are asked for each hand-out, apart from those that have all the places that they may have. The tools share them. */
const mostTenants = 40;
const leastTenants = 8;
/**
 * The most questions for one hand-out of all tools together: each is for one tenant. The next hand-out goes on behind the last
 * tenant of each tool.
 */
const mostQuestions = 200;
/** The questions that each tool has in any case, so that none is passed over: so many show that none of its tasks waits. */
const leastQuestions = 2;
/** The tasks of a tenant that are looked at beyond the free places: some have moved on since the index saw them. */
const spareTasks = 30;

/** What an index shows of those tasks of a tool that wait for a limit. */
export interface Indexed {
  readonly tool: string;
  /**
   * Of each tenant those who have waited longest. Their run is not in the index: it is 0, and the digest is of no run, until the
   * row was read.
   */
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
  let spare = mostQuestions - leastQuestions * queues.length;
  const takesSpare = (): boolean => {
    spare -= 1;
    return spare >= 0;
  };
  const goesOn: Asking['goesOn'] = (asked, found) =>
    found < tenants && (asked < leastQuestions || takesSpare());
  return Promise.all(queues.map((queue) => waitersIn(ports, limit, { queue, goesOn })));
};

/** What is asked about a tool. */
interface Asking {
  readonly queue: ToolQueue;
  /** Whether it has one more question, after so many for which so many tenants were found. */
  readonly goesOn: (asked: number, found: number) => boolean;
}

/** Tenant by tenant, from the one behind `readUpTo` of the queue, and round to it again. */
const waitersIn = async (
  { waiting, sha256 }: IndexPorts,
  limit: Limit,
  { queue, goesOn }: Asking,
): Promise<Indexed> => {
  const { tool, readUpTo: start } = queue;
  const by = holdAt(limit.name, tool);
  const mostTasks = mostTasksOf(limit);
  const waiters: Waiter[] = [];
  let after = start;
  let isFromFirst = start === undefined;
  let tenants = 0;
  let isEmpty = true;
  for (let asked = 0; goesOn(asked, tenants); asked += 1) {
    const page = await waiting(by, { after, most: mostTasks });
    isEmpty &&= page === undefined;
    const isRound = isFromFirst && (page === undefined || isBehind(page.tenant, start));
    if (isRound) return { tool, waiters, isEmpty, readUpTo: undefined };
    if (page === undefined) {
      isFromFirst = true;
      after = undefined;
      continue;
    }
    const { tenant } = page;
    after = tenant;
    // Once for all of them: there may be tens of thousands, and a digest takes a few microseconds.
    const unread = runAtLimit({ taskId: '', run: 0, tenant, tool }, sha256);
    if (page.tasks.length === 0 || fullFor(limit, unread) !== undefined) continue;
    tenants += 1;
    for (const { taskId, since } of page.tasks) waiters.push({ ...unread, taskId, since });
  }
  return { tool, waiters, isEmpty, readUpTo: after };
};

/**
 * The same questions get the same answers: who has lost a race for the limit need not ask again, since rows are read anyway. It is
 * asked again only when so many more places are free by now that the tasks of an answer may be too few for them.
 */
export const waitingOnce = ({ waiting }: Pick<Limits, 'waiting'>): Limits['waiting'] => {
  const answers = new Map<string, { readonly most: number; readonly page: Page }>();
  return async (by, options) => {
    const question = JSON.stringify([by, options.after]);
    const kept = answers.get(question);
    if (kept && isEnough(await kept.page, kept.most, options.most)) return kept.page;
    const page = waiting(by, options);
    answers.set(question, { most: options.most, page });
    return page;
  };
};

type Page = ReturnType<Limits['waiting']>;

// Half of the spare tasks may take the place of others: else each run that ends between two reads would be a reason to ask again.
const isEnough = (page: Awaited<Page>, asked: number, most: number): boolean =>
  page === undefined || page.tasks.length < asked || most <= asked + spareTasks / 2;

const isBehind = (tenant: string, start: string | undefined): boolean =>
  start !== undefined && tenant > start;

// The oldest entries of the index may be those whose place is reserved already: they are dropped later.
const mostTasksOf = (limit: Limit): number =>
  limit.maxRunning -
  takenIn(limit) +
  limit.named.filter(({ state }) => state !== 'found').length +
  spareTasks;
