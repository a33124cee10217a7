import type { Task } from '../../shared/core/task.ts';
import { percentile, rounded } from '../numbers.ts';
import { launchFaults, neighbourFaults } from './faults.ts';
import { mostASecond, neighboursAlone, neighboursOf, rateOf, waitFigures } from './figures.ts';
import type { Measured } from './measured.ts';
import { crowd } from './plan.ts';
import { type Cost, medianOf, sweepCosts } from './sweep-costs.ts';
import { type CrowdWorld, crowdWorld } from './world.ts';

const minute = 60_000;
/** One tenant has nine in ten of the rows. */
const tenants = ['flood', ...Array.from({ length: 19 }, (_, n) => `light-${n}`)];
/** So long the opened gate is watched. */
const openMs = 4 * minute;

/** Compares a sweep without held rows to one with this number of them, then opens the tool and watches who runs. */
export const measureHeld = async (count: number, seed: number): Promise<Measured> => {
  const world = await crowdWorld(seed);
  const alone = await neighboursAlone(world);
  world.cloud.putParameter(`${crowd}/paused`, 'the bench says so');
  await world.timeline.runUntil(world.now() + minute);
  world.send(crowd, 'first', 'light-0');
  const isHeld = () => world.table.row('first')?.heldBy !== undefined;
  await world.until('a task is held', isHeld, minute);
  const none = await sweepCosts(world);
  const ids = await fill(world, count);
  const many = await sweepCosts(world);

  const paused = neighboursOf(world, 'paused');
  await world.timeline.runUntil(world.now() + 2 * minute);
  paused.end();
  await world.until('every neighbour runs', paused.hasAll, 5 * minute);

  const begin = world.now();
  const beside = neighboursOf(world, 'beside');
  world.cloud.deleteParameter(`${crowd}/paused`);
  await world.timeline.runUntil(begin + openMs);
  beside.end();
  await world.until('every neighbour runs', beside.hasAll, 10 * minute);
  const rung = world.doorbells.filter(({ at, taskId }) => at >= begin && ids.has(taskId));
  const launches = world.calls.since(begin, 'RunTask');
  const first = rung.slice(0, 1_200).map(({ taskId }) => ids.get(taskId)?.tenant ?? '');
  const perTenant = tenants.map((tenant) => first.filter((one) => one === tenant).length);
  return {
    figures: {
      held: ids.size,
      ...costFigures(none, many),
      'a neighbour beside held rows, median s': rounded(percentile(paused.waits(), 50), 1),
      'beside held rows, longest s': rounded(percentile(paused.waits(), 100), 1),
      'doorbells in four minutes': rung.length,
      'first doorbell after s': rounded(((rung[0]?.at ?? Number.NaN) - begin) / 1_000, 1),
      'RunTask calls in four minutes': launches.length,
      'RunTask calls a second': rateOf(launches),
      'most in a second': mostASecond(launches),
      'refused RunTask': world.calls.since(begin, 'RunTask refused').length,
      'of the first 1,200, least of a tenant': Math.min(...perTenant),
      'most of a tenant': Math.max(...perTenant),
      'most places out of order': disorderOf(rung, ids),
      ...waitFigures(beside.waits(), alone),
      'failed invocations': world.failures.length,
    },
    faults: faultsOf({
      none,
      many,
      alone,
      waits: [...paused.waits(), ...beside.waits()],
      launches,
    }),
  };
};

const faultsOf = ({
  none,
  many,
  alone,
  waits,
  launches,
}: {
  readonly none: readonly Cost[];
  readonly many: readonly Cost[];
  readonly alone: readonly number[];
  readonly waits: readonly number[];
  readonly launches: readonly number[];
}): readonly string[] => {
  const [before, after] = [none, many].map((costs) => medianOf(costs, 'readUnits'));
  return [
    ...((after ?? 0) <= 1.1 * (before ?? 0)
      ? []
      : [`held rows must cost a sweep nothing, but it reads ${after} units instead of ${before}`]),
    ...launchFaults(launches),
    ...neighbourFaults(waits, alone),
  ];
};

interface Seeded {
  readonly tenant: string;
  /** The place among the rows of its tenant: the oldest is 0. */
  readonly place: number;
}

/** Rows like the one that is held, older and older ones for each tenant, written by the adapter of the product. */
const fill = async (
  { tasks, now }: CrowdWorld,
  count: number,
): Promise<ReadonlyMap<string, Seeded>> => {
  const one = await tasks.read('first');
  if (one === undefined) throw new Error('Expected the row of the task that is held.');
  const places = new Map<string, number>();
  const ids = new Map<string, Seeded>();
  for (let n = 0; n < count; n += 1) {
    const tenant = (n % 10 === 0 ? tenants[1 + ((n / 10) % 19)] : tenants[0]) ?? 'flood';
    const place = places.get(tenant) ?? 0;
    places.set(tenant, place + 1);
    // An id says nothing about the age.
    const taskId = `held-${(n * 7_919) % 1_000_003}`;
    const at = now() - (count - n) * 100;
    const task: Task = { ...one, taskId, tenant, createdAt: at, queuedAt: at };
    await tasks.create(task);
    ids.set(taskId, { tenant, place });
  }
  return ids;
};

const costFigures = (none: readonly Cost[], many: readonly Cost[]): object => {
  const pair = (of: keyof Cost, digits = 0): string =>
    `${rounded(medianOf(none, of), digits)} → ${rounded(medianOf(many, of), digits)}`;
  return {
    'calls of a sweep, none held → all held': pair('calls'),
    'read units': pair('readUnits', 1),
    'KB read': pair('kilobytes', 1),
    'ms of CPU': pair('cpuMs', 1),
    'ms from begin to end': pair('lastsMs'),
  };
};

/** How many places a doorbell comes too late at most, among those of its tenant. */
const disorderOf = (
  rung: readonly { readonly taskId: string }[],
  ids: ReadonlyMap<string, Seeded>,
): number => {
  const next = new Map<string, number>();
  return rung.reduce((most, { taskId }) => {
    const { tenant, place } = ids.get(taskId) ?? { tenant: '', place: 0 };
    const expected = next.get(tenant) ?? 0;
    next.set(tenant, expected + 1);
    return Math.max(most, Math.abs(place - expected));
  }, 0);
};
