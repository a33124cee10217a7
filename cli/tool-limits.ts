import type { ListedWaiter } from '../shared/aws/limit-queries.ts';
import { type Limit, takenIn } from '../shared/core/limit.ts';
import { runAtLimit } from '../shared/core/limit-key.ts';
import { nextInTurn } from '../shared/core/limit-turn.ts';
import type { Listed } from '../shared/wire/listed.ts';
import { sha256 } from '../shared/wire/sha256.ts';

/** What `davit limits` shows of a tool. */
export interface ToolLimit {
  readonly tool: string;
  readonly maxRunning: number;
  readonly maxPerTenant: number | undefined;
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

/** Brings together the limit of a tool, the tasks that wait for it, and the current runs of all tools. */
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
): ToolLimit => ({
  tool,
  maxRunning: limit.maxRunning,
  maxPerTenant: limit.maxPerTenant,
  taken: takenIn(limit),
  waiting: waiters.length,
  next: nextOf(tool, limit, waiters),
  tenants: tenantsOf(
    waiters,
    current.filter((row) => row.tool === tool),
  ),
});

const nextOf = (
  tool: string,
  limit: Limit,
  waiters: readonly ListedWaiter[],
): ToolLimit['next'] => {
  const asking = waiters.map((waiter) => ({
    ...runAtLimit({ ...waiter, run: 0, tool }, sha256),
    since: waiter.since,
  }));
  // As if one place were free.
  const open = { ...limit, checkedAt: 0, maxRunning: takenIn(limit) + 1 };
  const next = nextInTurn({ ...open, maxPerTenant: limit.maxPerTenant ?? open.maxRunning }, asking);
  const found = waiters.find(({ taskId }) => taskId === next?.taskId);
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
