import { expect, it } from 'vitest';
import { type Limit, newLimit } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { confirm, reserve } from '../../shared/core/limit-places.ts';
import { nextInTurn, type Waiter, waitsSince } from '../../shared/core/limit-turn.ts';
import { minute, sha256, start } from '../kit/facts.ts';

const waiter = (taskId: string, tenant: string, since: number): Waiter => ({
  ...runAtLimit({ taskId, run: 1, tenant, tool: 'echo' }, sha256),
  since,
});
const limitWith = (terms: Parameters<typeof newLimit>[1], ...tenants: readonly string[]): Limit =>
  tenants.reduce<Limit>(
    (limit, tenant, n) => {
      const run = waiter(`run-${n}`, tenant, start);
      return confirm(reserve(limit, run, start), run);
    },
    { ...newLimit('limit/echo', terms, start), checkedAt: start },
  );
const old = waiter('old', 'flood', start);
const young = waiter('young', 'light', start + minute);

it.each([
  ['the oldest, when tenants have equally many', limitWith({ maxRunning: 3 }), 'old'],
  ['the tenant with the fewest runs', limitWith({ maxRunning: 3 }, 'flood'), 'young'],
  [
    'a tenant below its own limit, also when it has more',
    limitWith({ maxRunning: 5, maxPerTenant: 1 }, 'light'),
    'old',
  ],
  ['no task, when no place is free', limitWith({ maxRunning: 1 }, 'flood'), undefined],
  [
    'no task, before what runs already was counted',
    newLimit('limit/echo', { maxRunning: 3 }, start),
    undefined,
  ],
])('the next one is %s', (_who, limit, taskId) => {
  expect(nextInTurn(limit, [old, young])?.taskId).toBe(taskId);
  expect(nextInTurn(limit, [young, old])?.taskId).toBe(taskId);
});

it('passes over who has a place already', () => {
  const limit = reserve(limitWith({ maxRunning: 3 }), old, start);
  expect(nextInTurn(limit, [old])).toBeUndefined();
});

it('counts each step of priority as ten minutes of age', () => {
  expect(waitsSince({ queuedAt: start, priority: 2 })).toBe(start - 20 * minute);
});
