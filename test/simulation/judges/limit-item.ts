import { createHash } from 'node:crypto';
import type { LiveWorld } from '../live-world.ts';
import type { Item } from '../watchers.ts';

/** A task that has a reserved place, and the digest of its tenant. */
export interface Reserved {
  readonly taskId: string;
  readonly tenant: string;
}

/** A task that waits for a place. */
export interface Waiting extends Reserved {
  readonly bornAt: number;
}

/** The places that were reserved by one write of the item of a limit. */
export const reservedBetween = (before: Item, after: Item): readonly Reserved[] => {
  const earlier = new Set(reservedIn(before).map(({ taskId }) => taskId));
  return reservedIn(after).filter(({ taskId }) => !earlier.has(taskId));
};

/** How many places a tenant has, reserved ones included. */
export const placesIn = (item: Item, tenant: string): number =>
  [
    ...textsIn(item, 'placedRuns').map((text) => text.slice(12)),
    ...textsIn(item, 'namedRuns').map((text) => text.split(' ')[1]?.slice(12)),
  ].filter((other) => other === tenant).length;

/** The tasks that the item names: their rows are still to be looked at. */
export const namedIn = (item: Item): ReadonlySet<string> =>
  new Set(
    textsIn(item, 'namedRuns').map((text) => text.split(' ')[2]?.replace(/\/\d+$/, '') ?? ''),
  );

/** An index of a world is at most a minute behind: who waits for longer is seen by everyone. */
const seenMs = 120_000;

/** The tasks that wait for a limit for so long that every reader of the index has them. */
export const waitersOf = ({ cloud, timeline }: LiveWorld, limit: string): readonly Waiting[] =>
  cloud.items().flatMap((item) => {
    const taskId = item.taskId?.S ?? '';
    const since = Date.parse(item.held?.M?.since?.S ?? '');
    const isWaiting = item.phase?.S === 'QUEUED' && item.heldBy?.S === limit;
    if (!isWaiting || cloud.isSpoilt(taskId) || !(since < timeline.now() - seenMs)) return [];
    return [{ taskId, tenant: digestOf(item.tenant?.S ?? ''), bornAt: bornAt(item) }];
  });

/** The time by which tasks of a tenant are ordered: each step of priority counts as ten minutes. */
export const bornAt = ({ queuedAt, priority }: Item): number =>
  Date.parse(queuedAt?.S ?? '') - Number(priority?.N ?? 0) * 600_000;

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
