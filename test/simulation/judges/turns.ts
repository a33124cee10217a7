import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { isShut, placesIn, type Reserved, reservedBetween, waitersOf } from './limit-item.ts';
import { judgePasses } from './passes.ts';
import { Violation } from './violation.ts';

/** Judges whose turn it was when a place of a limit is reserved: no tenant with fewer places is passed over, and none again and again. */
export const judgeTurns = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'written'> & { readonly forget: () => void } => {
  const passes = judgePasses(worldOf);
  let isRestored = false;
  return {
    written: (before, after, writer) => {
      passes.written(before, after, writer);
      const name = after.taskId?.S ?? '';
      if (isRestored || before === undefined || !/^#(limit\/|stage$)/.test(name)) return;
      const reserved = reservedBetween(before, after);
      for (const one of reserved) judgeTurn(worldOf(), { after, reserved, one });
    },
    forget: () => {
      isRestored = true;
      passes.forget();
    },
  };
};

interface Turn {
  readonly after: Item;
  readonly reserved: readonly Reserved[];
  readonly one: Reserved;
}

const judgeTurn = (world: LiveWorld, { after, reserved, one }: Turn): void => {
  const limit = after.taskId?.S?.slice(1) ?? '';
  /** The places that a tenant had in the moment when places were handed out: without those, and without what was freed. */
  const placesOf = (tenant: string): number => placesIn(after, tenant) - gotBy(tenant);
  const gotBy = (tenant: string): number =>
    reserved.filter((other) => other.tenant === tenant).length;
  const passed = waitersOf(world, limit).find(
    (waiter) =>
      gotBy(waiter.tenant) === 0 &&
      placesOf(waiter.tenant) < placesOf(one.tenant) &&
      !isShut(after, waiter),
  );
  if (passed !== undefined)
    throw new Violation(
      'turn',
      `${one.taskId} got a place of ${limit}, and ${passed.taskId} waits, whose tenant has fewer`,
    );
};
