import { createHash } from 'node:crypto';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { Violation } from './violation.ts';

/** An index of a world is at most a minute behind: who waits for longer is seen by everyone. */
const seenMs = 120_000;

/** Judges whose turn it was when a place of a limit is reserved: no tenant with fewer places is passed over. */
export const judgeTurns = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'written'> & { readonly forget: () => void } => {
  let isRestored = false;
  return {
    written: (before, after) => {
      const name = after.taskId?.S ?? '';
      if (isRestored || before === undefined || !name.startsWith('#limit/')) return;
      const earlier = new Set(reservedIn(before).map(({ taskId }) => taskId));
      const reserved = reservedIn(after).filter(({ taskId }) => !earlier.has(taskId));
      for (const one of reserved) judgeTurn(worldOf(), { after, reserved, one });
    },
    forget: () => {
      isRestored = true;
    },
  };
};

interface Reserved {
  readonly taskId: string;
  readonly tenant: string;
}

interface Turn {
  readonly after: Item;
  readonly reserved: readonly Reserved[];
  readonly one: Reserved;
}

const judgeTurn = (world: LiveWorld, { after, reserved, one }: Turn): void => {
  const limit = after.taskId?.S?.slice(1) ?? '';
  /** The places that a tenant had in the moment when places were handed out: without those, and without what was freed. */
  const placesOf = (tenant: string): number =>
    tenantsIn(after).filter((other) => other === tenant).length - gotBy(tenant);
  const gotBy = (tenant: string): number =>
    reserved.filter((other) => other.tenant === tenant).length;
  const passed = waitersOf(world, limit).find(
    ({ tenant }) => gotBy(tenant) === 0 && placesOf(tenant) < placesOf(one.tenant),
  );
  if (passed !== undefined)
    throw new Violation(
      'turn',
      `${one.taskId} got a place of ${limit}, and ${passed.taskId} waits, whose tenant has fewer`,
    );
};

/** The tasks that wait for a limit for so long that every reader of the index has them. */
const waitersOf = ({ cloud, timeline }: LiveWorld, limit: string): readonly Reserved[] =>
  cloud.items().flatMap((item) => {
    const taskId = item.taskId?.S ?? '';
    const since = Date.parse(item.held?.M?.since?.S ?? '');
    const isWaiting = item.phase?.S === 'QUEUED' && item.heldBy?.S === limit;
    if (!isWaiting || cloud.isSpoilt(taskId) || !(since < timeline.now() - seenMs)) return [];
    return [{ taskId, tenant: digestOf(item.tenant?.S ?? '') }];
  });

const digestOf = (tenant: string): string =>
  createHash('sha256').update(tenant).digest('hex').slice(0, 8);

const textsIn = (item: Item, name: string): readonly string[] =>
  (item[name]?.L ?? []).map(({ S = '' }) => S);

/** `r<since> <key><tenant> <task>/<run>` */
const reservedIn = (item: Item): readonly Reserved[] =>
  textsIn(item, 'namedRuns').flatMap((text) => {
    const [state = '', digests = '', run = ''] = text.split(' ');
    if (!state.startsWith('r')) return [];
    return [{ taskId: run.split('/')[0] ?? '', tenant: digests.slice(12) }];
  });

const tenantsIn = (item: Item): readonly string[] => [
  ...textsIn(item, 'placedRuns').map((text) => text.slice(12)),
  ...textsIn(item, 'namedRuns').map((text) => text.split(' ')[1]?.slice(12) ?? ''),
];
