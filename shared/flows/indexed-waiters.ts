import { fullFor, type Limit, takenIn } from '../core/limit.ts';
import { runAtLimit } from '../core/limit-key.ts';
import type { Waiter } from '../core/limit-turn.ts';
import type { Limits } from '../ports/limits.ts';

/** The tenants that are asked for each hand-out, apart from those that have all the places that they may have. */
const mostTenants = 40;
/** The most questions for one hand-out: each is for one tenant. The next hand-out goes on behind the last one. */
const mostQuestions = 200;
/** The tasks of a tenant that are looked at beyond the free places: some have moved on since the index saw them. */
const spareTasks = 30;

/** What an index shows of those who wait for a limit. */
export interface Indexed {
  /** Of each tenant those who have waited longest. Their run is not in the index: it is 0 until the row was read. */
  readonly waiters: readonly Waiter[];
  /** The index shows no waiting task. */
  readonly isEmpty: boolean;
  /** The last tenant that was asked; undefined when all were asked. */
  readonly readUpTo: string | undefined;
}

/** Asks the index who waits, tenant by tenant, from the one behind `readUpTo` of the limit, and round to it again. */
export const indexedWaiters = async (
  { waiting, sha256 }: Pick<Limits, 'waiting'> & { readonly sha256: (text: string) => string },
  limit: Limit,
): Promise<Indexed> => {
  const { name, readUpTo: start } = limit;
  const most = mostTasksOf(limit);
  const waiters: Waiter[] = [];
  let after = start;
  let isFromFirst = start === undefined;
  let tenants = 0;
  let isEmpty = true;
  for (let n = 0; n < mostQuestions && tenants < mostTenants; n += 1) {
    const page = await waiting(name, { after, most });
    const isRound = isFromFirst && (page === undefined || isBehind(page.tenant, start));
    if (isRound) return { waiters, isEmpty, readUpTo: undefined };
    if (page === undefined) {
      isFromFirst = true;
      after = undefined;
      continue;
    }
    const { tenant } = page;
    isEmpty = false;
    after = tenant;
    const found = page.tasks.map(
      ({ taskId, since }): Waiter => ({ ...runAtLimit({ taskId, run: 0, tenant }, sha256), since }),
    );
    if (found[0] === undefined || fullFor(limit, found[0].tenant) !== undefined) continue;
    tenants += 1;
    waiters.push(...found);
  }
  return { waiters, isEmpty, readUpTo: after };
};

/** The same questions get the same answers: who has lost a race for the limit need not ask again, since rows are read anyway. */
export const waitingOnce = ({ waiting }: Pick<Limits, 'waiting'>): Limits['waiting'] => {
  const answers = new Map<string | undefined, ReturnType<Limits['waiting']>>();
  return (name, options) => {
    const kept = answers.get(options.after) ?? waiting(name, options);
    answers.set(options.after, kept);
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
