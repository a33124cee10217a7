import { type Container, nameOf } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { isToolFull, keepsPlace, waitersOf } from './limit-item.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/** A free place is handed out at once, and after a crash by the sweep: the sweeps of six minutes are enough. */
const idleMs = 6 * minute;
/** A limit that was lowered stops nothing, and runs of its worlds are over by then. */
const loweredMs = 30 * minute;

/** Judges the limit of the stage by the containers that really live (invariant 9), and that no place of it stays free while somebody waits. */
export const judgeStageLimit = (worldOf: () => LiveWorld) => {
  // A restored table has not seen what was launched since.
  let isRestored = false;
  /** Since when a place is free while a task waits for it. */
  let idleSince: number | undefined;

  return {
    started: (container: Container): void => {
      const most = mostOf(worldOf());
      if (most === undefined || isRestored) return;
      const living = livingOf(worldOf());
      // Those that were launched without the limit are counted, and may be more than it allows.
      if (living.some(({ place }) => place !== 'stage') || living.length <= most) return;
      const names = living.map(({ row }) => `${row.taskId}/${row.run}`).join(', ');
      throw new Violation(
        'limit',
        `container ${nameOf(container)} started, and ${living.length} of all tools live where ${most} may: ${names}`,
      );
    },
    forget: (): void => {
      isRestored = true;
    },
    /** Called each minute. */
    eachMinute: (): void => {
      const world = worldOf();
      const now = world.timeline.now();
      const waits = now < world.plan.calmAt + 5 * minute ? undefined : idleWaiter(world);
      idleSince = waits === undefined ? undefined : (idleSince ?? now);
      if (waits !== undefined && idleSince !== undefined && now - idleSince > idleMs)
        throw new Violation(
          'idle place',
          `${describe(waits)} waits for a place of the stage since more than ${idleMs / minute} min, and one is free`,
        );
    },
  };
};

/** The most that any limit of the last half hour allows. Undefined where the stage has none now. */
const mostOf = ({ cloud, timeline }: LiveWorld): number | undefined => {
  const limits = cloud.stageLimits();
  if (limits.at(-1)?.maxRunning === undefined) return undefined;
  const recent = limits.filter(
    (_limit, n) => (limits[n + 1]?.at ?? Number.POSITIVE_INFINITY) > timeline.now() - loweredMs,
  );
  return Math.max(...recent.map(({ maxRunning = 0 }) => maxRunning));
};

/** A task that waits although the stage, its tool and its tenant may have one more run. In a calm world nothing holds a tool for long. */
const idleWaiter = (world: LiveWorld): Row | undefined => {
  const { cloud } = world;
  const item = cloud.itemOf('#stage');
  const most = cloud.stageLimits().at(-1)?.maxRunning;
  if (item === undefined || most === undefined || takenIn(world, item) >= most) return undefined;
  const waiter = waitersOf(world, 'stage').find((one) => !isToolFull(item, one));
  const found = waiter && cloud.itemOf(waiter.taskId);
  return found && rowIn(found);
};

/** How many places are taken: by current runs, and by rows that cannot be read. */
const takenIn = (world: LiveWorld, item: Item): number => {
  const current = currentIn(world);
  const counted = new Set(current.map(({ row }) => row.taskId));
  const unread = world.cloud.items().filter((one) => {
    const row = rowIn(one);
    return row !== undefined && !counted.has(row.taskId) && keepsPlace(world, item, row);
  });
  return current.length + unread.length;
};

interface PlacedRow {
  readonly row: Row;
  readonly place: string | undefined;
}

const currentIn = ({ cloud }: LiveWorld): readonly PlacedRow[] =>
  cloud.items().flatMap((item) => {
    const row = rowIn(item);
    if (row === undefined || hasEnded(row) || row.phase === 'QUEUED') return [];
    return [{ row, place: item.place?.S }];
  });

/** The rows whose current run has a living container. */
const livingOf = (world: LiveWorld): readonly PlacedRow[] => {
  const living = new Set(
    world.cloud.containers.living().map(({ taskId, run }) => `${taskId}/${run}`),
  );
  return currentIn(world).filter(({ row }) => living.has(`${row.taskId}/${row.run}`));
};
