import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { type Row, rowIn } from './item.ts';

const minute = 60_000;
/** Holds are asked again within ten minutes, and a deferred row within the hour. */
const queuedMs = 25 * minute;
/** Rows of a backup launch their old runs again, and each that ECS had stopped for want of capacity closes the placement again. */
const restoredQueuedMs = 60 * minute;

/** What is read of a world. */
interface Seen {
  readonly cloud: {
    readonly items: () => readonly Item[];
    readonly containers: Pick<LiveWorld['cloud']['containers'], 'all'>;
  };
  readonly timeline: Pick<LiveWorld['timeline'], 'now'>;
}

/**
 * The queued rows that wait for too long in a calm world. How long a task waits for a place of a limit depends on the tasks before it
 * (limits.ts judges that), so the wait of such a row begins when it is told to wait for something else.
 */
export const longWaitsOf = (
  worldOf: () => Seen,
): Pick<Watchers, 'restored' | 'written'> & {
  readonly has: (row: Row, calmMs: number) => boolean;
} => {
  const ofBackup = new Set<string>();
  const leftLimitAt = new Map<string, number>();
  return {
    restored: () => {
      ofBackup.clear();
      for (const item of worldOf().cloud.items()) ofBackup.add(item.taskId?.S ?? '');
    },
    written: (beforeItem, afterItem) => {
      const [before, after] = [beforeItem && rowIn(beforeItem), rowIn(afterItem)];
      if (after === undefined || waitsForPlace(after)) return;
      if (before !== undefined && waitsForPlace(before))
        leftLimitAt.set(after.taskId, worldOf().timeline.now());
    },
    has: (row, calmMs) => {
      if (row.phase !== 'QUEUED' || waitsForPlace(row)) return false;
      const mostMs = ofBackup.has(row.taskId) ? restoredQueuedMs : queuedMs;
      const since = Math.max(waitsSince(worldOf(), row), leftLimitAt.get(row.taskId) ?? 0);
      return calmMs > mostMs && since < worldOf().timeline.now() - mostMs;
    },
  };
};

const waitsForPlace = ({ heldBy = '' }: Row): boolean => /^(limit|stage)\//.test(heldBy);

/** A task whose container cannot start is launched again and again: it waits only since the last one. */
const waitsSince = ({ cloud }: Seen, row: Row): number => {
  const started = cloud.containers.all.filter(({ taskId }) => taskId === row.taskId);
  return Math.max(
    Date.parse(row.notBefore ?? row.queuedAt),
    ...started.map(({ startedAt }) => startedAt),
  );
};
