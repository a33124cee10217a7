import type { ListedWaiter } from '../shared/aws/limit-queries.ts';
import { type Limit, takenBy, takenIn } from '../shared/core/limit.ts';
import { runAtLimit } from '../shared/core/limit-key.ts';
import { queueOf, withTerms } from '../shared/core/limit-queues.ts';
import { nextInTurn } from '../shared/core/limit-turn.ts';
import { present } from '../shared/core/present.ts';
import type { Listed } from '../shared/wire/listed.ts';
import { sha256 } from '../shared/wire/sha256.ts';

/** What `davit limits` shows of a tool. */
export interface ToolLimit extends ShownPlaces {
  readonly tool: string;
  readonly maxPerTenant: number | undefined;
}

/** What it shows of every limit; of the limit of the stage this is all. */
export interface ShownPlaces {
  readonly maxRunning: number;
  /** The places that are taken, reserved ones included. */
  readonly taken: number;
  readonly waiting: number;
  /** Who gets the next place that is free, as far as it is known now. */
  readonly next: { readonly taskId: string; readonly tenant: string } | undefined;
  /** Those with a run or a task that waits, in the order of their names. */
  readonly tenants: readonly TenantAtLimit[];
}

/** What a tenant has of a limit. */
export interface TenantAtLimit {
  readonly tenant: string;
  readonly running: number;
  readonly waiting: number;
}

/** Those tasks of one tool that wait for a limit. */
export interface ToolWaiters {
  readonly tool: string;
  readonly waiters: readonly ListedWaiter[];
}

/** Brings together the limit in which the runs of a tool are counted, its tasks that wait, and the current runs of all tools. */
export const toolLimitOf = (
  tool: string,
  {
    limit,
    waiters,
    current,
  }: {
    readonly limit: Limit;
    readonly waiters: readonly ListedWaiter[];
    readonly current: readonly Listed[];
  },
): ToolLimit => {
  const { maxRunning = limit.maxRunning, maxPerTenant } = queueOf(limit, tool);
  const taken = limit.tools === undefined ? takenIn(limit) : takenBy(limit, { tool });
  const terms = { tool, maxRunning: taken + 1, ...present({ maxPerTenant }) };
  // Of the stage, as if a place of the tool were free as well.
  const open = limit.tools === undefined ? limit : withTerms(limit, { ...limit, tools: [terms] });
  return {
    tool,
    maxRunning,
    maxPerTenant,
    taken,
    waiting: waiters.length,
    next: nextOf(open, [{ tool, waiters }]),
    tenants: tenantsOf(
      waiters,
      current.filter((row) => row.tool === tool),
    ),
  };
};

/** Brings together the limit of the stage, the tasks of each tool that wait for it, and the current runs of all tools. */
export const stageLimitShown = (
  limit: Limit,
  waiting: readonly ToolWaiters[],
  current: readonly Listed[],
): ShownPlaces => {
  const waiters = waiting.flatMap((one) => one.waiters);
  return {
    maxRunning: limit.maxRunning,
    taken: takenIn(limit),
    waiting: waiters.length,
    next: nextOf(
      limit,
      waiting.filter(({ tool }) => queueOf(limit, tool).isHeld === undefined),
    ),
    tenants: tenantsOf(waiters, current),
  };
};

/** As if one place were free. */
const nextOf = (limit: Limit, waiting: readonly ToolWaiters[]): ShownPlaces['next'] => {
  const asking = waiting.flatMap(({ tool, waiters }) =>
    waiters.map((waiter) => ({
      ...runAtLimit({ ...waiter, run: 0, tool }, sha256),
      since: waiter.since,
    })),
  );
  const open = { ...limit, checkedAt: 0, maxRunning: takenIn(limit) + 1 };
  const next = nextInTurn(open, asking);
  const found = waiting
    .flatMap(({ waiters }) => waiters)
    .find(({ taskId }) => taskId === next?.taskId);
  return found && { taskId: found.taskId, tenant: found.tenant };
};

const tenantsOf = (
  waiters: readonly ListedWaiter[],
  runs: readonly Listed[],
): readonly TenantAtLimit[] => {
  const names = new Set([...waiters, ...runs].map(({ tenant }) => tenant));
  const count = (of: readonly { readonly tenant: string }[], tenant: string): number =>
    of.filter((one) => one.tenant === tenant).length;
  return [...names].toSorted().map((tenant) => ({
    tenant,
    running: count(runs, tenant),
    waiting: count(waiters, tenant),
  }));
};
