import { expect, it } from 'vitest';
import { takenIn } from '../../shared/core/limit.ts';
import type { ToolSpec } from '../../shared/core/tool.ts';
import { minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world with so many tasks of each tenant that wait for a limit, before the first place is given. */
const waiting = async (
  spec: Partial<ToolSpec>,
  { tenants, each }: { readonly tenants: number; readonly each: number },
): Promise<World> => {
  const world = newWorld({ spec });
  // Those that come late in the alphabet have waited longest.
  for (let t = tenants - 1; t >= 0; t -= 1)
    for (let n = 0; n < each; n += 1) world.submit(`${tenantOf(t)}-${n}`, { tenant: tenantOf(t) });
  await round(world);
  await world.pass(minute);
  return world;
};

const tenantOf = (t: number): string => `t${String(t).padStart(2, '0')}`;

const round = async (world: World): Promise<void> => {
  for (let turns = 0; turns < 3; turns += 1) {
    await world.dispatch();
    await world.pass(second);
    await world.settle();
  }
};

const takenOf = async (world: World): Promise<number> => {
  const limit = await world.limits.read('limit/echo');
  if (!limit) throw new Error('there is no limit');
  return takenIn(limit);
};

it('passes over tenants that have all their places, however many they are', async () => {
  const world = await waiting({ maxRunning: 100, maxPerTenant: 2 }, { tenants: 60, each: 3 });
  for (let n = 0; n < 3; n += 1) {
    await world.sweep();
    await round(world);
    await world.pass(minute);
  }
  expect(await takenOf(world)).toBe(100);
});

it('serves each of many tenants in turn, wherever its name stands in the alphabet', async () => {
  const tenants = 45;
  const world = await waiting({ maxRunning: 1 }, { tenants, each: 2 });
  await world.sweep();
  await round(world);
  const served = new Set<string>();
  for (let n = 0; n < 2 * tenants; n += 1) {
    const run = world.tasks.rows().find(({ phase }) => phase === 'RUNNING');
    if (!run) break;
    served.add(run.tenant);
    world.runs.exit(world.arnOf(run.taskId), 0);
    // Each tenant always has two that wait.
    world.submit(`${run.tenant}-again-${n}`, { tenant: run.tenant });
    await world.pass(second);
    await world.settle();
    await round(world);
  }
  expect(served.size).toBe(tenants);
}, 60_000);

it('hands out all free places at once to one tenant', async () => {
  const world = await waiting({ maxRunning: 100 }, { tenants: 1, each: 150 });
  await world.sweep();
  expect(await takenOf(world)).toBe(100);
});

it('looks behind those whose place is reserved already', async () => {
  const world = await waiting({ maxRunning: 100 }, { tenants: 1, each: 250 });
  for (let n = 0; n < 6; n += 1) {
    await world.sweep();
    await round(world);
    await world.pass(minute);
  }
  const runs = world.tasks.rows().filter(({ phase }) => phase === 'RUNNING');
  expect(runs.length).toBe(100);
  // Several writes, one after the other: the first ones reserve places for the oldest.
  for (const end of [runs.slice(0, 40), runs.slice(40, 80)]) {
    for (const { taskId } of end) world.runs.exit(world.arnOf(taskId), 0);
    await world.pass(second);
    await world.settle();
  }
  expect(await takenOf(world)).toBe(100);
});
