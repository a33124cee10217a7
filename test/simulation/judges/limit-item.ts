import { createHash } from 'node:crypto';
import type { LiveWorld } from '../live-world.ts';
import type { Item } from '../watchers.ts';

/** A task that has a reserved place, and the digest of its tenant. Of the stage, `at` is the number of its tool in the item. */
export interface Reserved {
  readonly taskId: string;
  readonly tenant: string;
  readonly at: string;
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

/** How many places a tenant has, reserved ones included; of the stage in all tools. */
export const placesIn = (item: Item, tenant: string): number =>
  placedIn(item).filter((other) => other.tenant === tenant).length;

/** Whether it counts a run: one that was launched without a place does not keep the item of a removed limit. */
export const hasPlaces = (item: Item): boolean =>
  textsIn(item, 'placedRuns').length > 0 ||
  textsIn(item, 'namedRuns').some((text) => !text.startsWith('f'));

/** Whether the stage would pass over a task of this tenant and tool: it is full, or something else holds the tool. False for a tool's own limit. */
export const isShut = (item: Item, waiting: Pick<Waiting, 'tenant' | 'at'>): boolean => {
  if (item.tools === undefined) return false;
  const [, , , marked = '-', , held] = toolTextIn(item, waiting.at);
  return marked === '-' || held !== undefined || isToolFull(item, waiting);
};

/** Whether a tool, or a tenant of it, has as many places of the stage as it may have. */
export const isToolFull = (item: Item, { tenant, at }: Pick<Waiting, 'tenant' | 'at'>): boolean => {
  const [, most = '-', ofTenant = '-'] = toolTextIn(item, at);
  const runs = placedIn(item).filter((other) => other.at === at);
  const own = runs.filter((other) => other.tenant === tenant);
  const isFull = (count: number, limit: string): boolean => limit !== '-' && count >= Number(limit);
  return isFull(runs.length, most) || isFull(own.length, ofTenant);
};

/** What the stage says of the tool with this number: nothing where it has none. */
const toolTextIn = (item: Item, at: string): readonly string[] =>
  (textsIn(item, 'tools')[Number.parseInt(at, 36)] ?? '').split(' ');

const placedIn = (item: Item): readonly Pick<Waiting, 'tenant' | 'at'>[] => [
  ...textsIn(item, 'placedRuns').map((text) => ({
    tenant: text.slice(12, 20),
    at: text.slice(20),
  })),
  ...textsIn(item, 'namedRuns').map((text) => {
    const [, digests = '', , at = ''] = text.split(' ');
    return { tenant: digests.slice(12), at };
  }),
];

/** The tasks that the item names: their rows are still to be looked at. */
export const namedIn = (item: Item): ReadonlySet<string> =>
  new Set(
    textsIn(item, 'namedRuns').map((text) => text.split(' ')[2]?.replace(/\/\d+$/, '') ?? ''),
  );

/**
 * Whether a row that cannot be read has a place in this item, of its current run or of one before: it keeps it until it is repaired,
 * since Davit cannot know whether a container runs.
 */
export const keepsPlace = (
  { cloud }: { readonly cloud: Pick<LiveWorld['cloud'], 'isSpoilt'> },
  item: Item | undefined,
  { taskId, run }: { readonly taskId: string; readonly run: number },
): boolean => {
  if (item === undefined || !cloud.isSpoilt(taskId)) return false;
  const placed = new Set(textsIn(item, 'placedRuns').map((text) => text.slice(0, 12)));
  const runs = Array.from({ length: run }, (_, n) => `${taskId}/${n + 1}`);
  return namedIn(item).has(taskId) || runs.some((one) => placed.has(digestOf(one, 12)));
};

/** An index of a world is at most a minute behind: who waits for longer is seen by everyone. */
const seenMs = 120_000;

/** The tasks that wait for a limit for so long that every reader of the index has them. */
export const waitersOf = ({ cloud, timeline }: LiveWorld, limit: string): readonly Waiting[] =>
  cloud.items().flatMap((item) => {
    const taskId = item.taskId?.S ?? '';
    const since = Date.parse(item.held?.M?.since?.S ?? '');
    const heldBy = item.heldBy?.S ?? '';
    const isHere = limit === 'stage' ? heldBy.startsWith('stage/') : heldBy === limit;
    const isWaiting = item.phase?.S === 'QUEUED' && isHere;
    if (!isWaiting || cloud.isSpoilt(taskId) || !(since < timeline.now() - seenMs)) return [];
    const tenant = digestOf(item.tenant?.S ?? '');
    return [
      { taskId, tenant, at: toolAt(cloud.itemOf(`#${limit}`), heldBy), bornAt: bornAt(item) },
    ];
  });

/** The time by which tasks of a tenant are ordered: each step of priority counts as ten minutes. */
export const bornAt = ({ queuedAt, priority }: Item): number =>
  Date.parse(queuedAt?.S ?? '') - Number(priority?.N ?? 0) * 600_000;

// Of a tool's own limit nothing: its item has no list of tools.
const toolAt = (item: Item | undefined, heldBy: string): string => {
  const tools = item === undefined ? [] : textsIn(item, 'tools');
  const at = tools.findIndex((text) => `stage/${text.split(' ')[0]}` === heldBy);
  return at < 0 ? '' : at.toString(36);
};

const digestOf = (text: string, digits = 8): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

const textsIn = (item: Item, name: string): readonly string[] =>
  (item[name]?.L ?? []).map(({ S = '' }) => S);

/** `r<since> <key><tenant> <task>/<run>` */
const reservedIn = (item: Item): readonly Reserved[] =>
  textsIn(item, 'namedRuns').flatMap((text) => {
    const [state = '', digests = '', run = '', at = ''] = text.split(' ');
    if (!state.startsWith('r')) return [];
    return [{ taskId: run.split('/')[0] ?? '', tenant: digests.slice(12), at }];
  });
