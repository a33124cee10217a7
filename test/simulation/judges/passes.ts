import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import {
  bornAt,
  isShut,
  namedIn,
  placesIn,
  type Reserved,
  reservedBetween,
  type Waiting,
  waitersOf,
} from './limit-item.ts';
import { Violation } from './violation.ts';

/** One hand-out looks at so many tenants (docs/limits.md), and the next one goes on behind them. */
const tenantsAtOnce = 40;

/**
 * Judges that no tenant is passed over again and again: a younger task gets a place, though its tenant has no fewer places. Once is
 * right where the tenant was not looked at. The bound allows for two rounds through all tenants, and for lost races.
 */
export const judgePasses = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'written'> & { readonly forget: () => void } => {
  let isRestored = false;
  /** In how many hand-outs in a row each task was passed over. */
  const passes = new Map<string, number>();
  return {
    written: (before, after) => {
      const name = after.taskId?.S ?? '';
      if (isRestored || before === undefined || !/^#(limit\/|stage$)/.test(name)) return;
      const reserved = reservedBetween(before, after);
      if (reserved.length === 0) return;
      for (const waiter of waitersOf(worldOf(), name.slice(1))) {
        const isPassed = isPassedOver(worldOf(), { after, reserved, waiter });
        passes.set(waiter.taskId, isPassed ? (passes.get(waiter.taskId) ?? 0) + 1 : 0);
      }
      judgeCounts(worldOf(), name.slice(1), passes);
    },
    forget: () => {
      isRestored = true;
    },
  };
};

const judgeCounts = (
  world: LiveWorld,
  limit: string,
  passes: ReadonlyMap<string, number>,
): void => {
  const waiters = waitersOf(world, limit);
  const tenants = new Set(waiters.map(({ tenant }) => tenant)).size;
  const most = 2 * Math.ceil(tenants / tenantsAtOnce) + 3;
  for (const { taskId } of waiters) {
    const times = passes.get(taskId) ?? 0;
    if (times > most)
      throw new Violation(
        'turn',
        `${taskId} waits for ${limit}, and was passed over in ${times} hand-outs in a row`,
      );
  }
};

interface HandOut {
  readonly after: Item;
  readonly reserved: readonly Reserved[];
  readonly waiter: Waiting;
}

const isPassedOver = ({ cloud }: LiveWorld, { after, reserved, waiter }: HandOut): boolean => {
  const gotBy = (tenant: string): number =>
    reserved.filter((other) => other.tenant === tenant).length;
  const own = placesIn(after, waiter.tenant);
  const most = Number(after.maxPerTenant?.N ?? after.maxRunning?.N);
  if (gotBy(waiter.tenant) > 0 || own >= most || isShut(after, waiter)) return false;
  if (namedIn(after).has(waiter.taskId)) return false;
  return reserved.some(({ taskId, tenant }) => {
    const row = cloud.itemOf(taskId);
    const places = placesIn(after, tenant) - gotBy(tenant);
    return row !== undefined && own <= places && waiter.bornAt < bornAt(row);
  });
};
