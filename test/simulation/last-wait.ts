import type { Container } from './container.ts';
import { hasEnded, type Row, rowIn } from './judges/item.ts';
import type { LiveWorld } from './live-world.ts';
import type { Item } from './watchers.ts';

/** Follows what a calm world waits for, so that a late world can be explained. */
export interface Waits {
  /** Looks at the world; called each minute after it has calmed down. */
  readonly look: (world: LiveWorld) => void;
  /** `LAUNCHING, in doubt, then RUNNING`: where what came to rest last spent its time. `nothing` where all was at rest at once. */
  readonly cause: () => string;
}

/** One thing that has not come to rest: a row, a container or a queue, and what it waits for. */
interface Pending {
  readonly name: string;
  readonly wait: string;
}

/** Starts with nothing seen. */
export const watchWaits = (): Waits => {
  const histories = new Map<string, string[]>();
  let last: readonly Pending[] = [];
  return {
    look: (world) => {
      const pending = pendingIn(world);
      if (pending.length > 0) last = pending;
      for (const { name, wait } of pending) {
        const history = histories.get(name) ?? [];
        history.push(wait);
        histories.set(name, history);
      }
    },
    cause: () => {
      const [longest] = last
        .map(({ name }) => histories.get(name) ?? [])
        .toSorted((a, b) => b.length - a.length);
      return longest === undefined ? 'nothing' : causeOf(longest);
    },
  };
};

/** A wait is named when it lasted for this share of the time. */
const namedShare = 0.3;

/** The waits that lasted long, in the order in which they began. Always one at least. */
export const causeOf = (minutes: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const wait of minutes) counts.set(wait, (counts.get(wait) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const least = Math.min(most, minutes.length * namedShare);
  return [...counts].flatMap(([wait, count]) => (count >= least ? [wait] : [])).join(', then ');
};

const pendingIn = (world: LiveWorld): readonly Pending[] => {
  const { cloud, rabbit, settleQueue, timeline } = world;
  const living = cloud.containers.living();
  const rows = cloud.items().flatMap((item): Pending[] => {
    const row = rowIn(item);
    if (row === undefined || (hasEnded(row) && row.outbox.length === 0)) return [];
    return [{ name: row.taskId, wait: waitOf({ item, row, living, now: timeline.now() }) }];
  });
  const ids = new Set(rows.map(({ name }) => name));
  const others = living.filter(({ taskId }) => !ids.has(taskId) && cloud.itemOf(taskId));
  return [
    ...rows,
    ...others.map(({ taskArn }) => ({ name: taskArn, wait: 'a container of a run that is over' })),
    ...(rabbit.waiting() > 0 ? [{ name: '#rabbit', wait: 'a message in RabbitMQ' }] : []),
    ...(settleQueue.waiting() > 0 ? [{ name: '#settle', wait: 'an ECS event in its queue' }] : []),
    ...(cloud.toolLogs.waiting() > 0 ? [{ name: '#logs', wait: 'lines of a log' }] : []),
  ];
};

interface Seen {
  readonly item: Item;
  readonly row: Row;
  readonly living: readonly Container[];
  readonly now: number;
}

/** What a row waits for: its phase, and the fact of the row that decides when it goes on. */
const waitOf = (seen: Seen): string => {
  const { item, row, now } = seen;
  if (hasEnded(row)) return `ended, ${row.outbox[0]?.kind} in its outbox`;
  if (isLater(item.deferredUntil?.S, now)) return `${row.phase}, deferred`;
  const detail = row.phase === 'QUEUED' ? queueWait(seen) : runWait(seen);
  return detail === undefined ? row.phase : `${row.phase}, ${detail}`;
};

const queueWait = ({ item, row, now }: Seen): string | undefined => {
  if (item.rungAt !== undefined) return 'rung';
  if (isLater(row.notBefore, now)) return 'delay';
  return row.heldBy && `held by ${row.heldBy.split('/')[0]}`;
};

const runWait = ({ item, row, living }: Seen): string | undefined => {
  if (item.missingSince !== undefined) return 'missed once';
  if (row.hasStopping) return 'stopping';
  if (item.doubt !== undefined) return 'in doubt';
  const isAlive = living.some(({ taskId, run }) => taskId === row.taskId && run === row.run);
  return row.phase === 'RUNNING' && !isAlive ? 'end not seen' : undefined;
};

const isLater = (time: string | undefined, now: number): boolean => Date.parse(time ?? '') > now;
