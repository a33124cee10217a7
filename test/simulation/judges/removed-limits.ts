import type { LiveWorld } from '../live-world.ts';
import type { Item } from '../watchers.ts';
import { hasPlaces } from './limit-item.ts';
import { Violation } from './violation.ts';

const minute = 60_000;
/** Two sweeps, two minutes without a task that was told to wait, and a sweep that failed: at least each third minute one is played. */
const keptMs = 12 * minute;

/** What is read of a world. */
interface Seen {
  readonly cloud: Pick<LiveWorld['cloud'], 'items' | 'stageLimits'>;
  readonly timeline: Pick<LiveWorld['timeline'], 'now'>;
  readonly plan: {
    readonly tools: readonly {
      readonly name: string;
      readonly spec: { readonly maxRunning?: number };
    }[];
    readonly happenings: LiveWorld['plan']['happenings'];
    readonly traits: Pick<LiveWorld['plan']['traits'], 'sweepsSkipped'>;
  };
  readonly isCalm: () => boolean;
  readonly releaseOf: (flow: 'sweep') => { readonly name: string };
}

/** Judges that the item of a limit goes soon after the limit was removed, when it counts no run and no task waits for it. */
export const judgeRemovedLimits = (
  worldOf: () => Seen,
): {
  /** Called each minute. */
  readonly eachMinute: () => void;
  /** Whether a sweep has still such an item to delete: until then the world goes on. */
  readonly isDone: () => boolean;
} => {
  /** Since when each item could be deleted. */
  const idleSince = new Map<string, number>();
  return {
    eachMinute: () => {
      const world = worldOf();
      const idle = hasSweeps(world) ? idleIn(world) : [];
      for (const name of idleSince.keys()) if (!idle.includes(name)) idleSince.delete(name);
      for (const name of idle) {
        const since = Math.max(idleSince.get(name) ?? world.timeline.now(), changedAt(world));
        idleSince.set(name, since);
        judgeAge(name, world.timeline.now() - since);
      }
    },
    isDone: () => idleIn(worldOf()).length === 0,
  };
};

const judgeAge = (name: string, ageMs: number): void => {
  if (ageMs > keptMs)
    throw new Violation(
      'removed limit',
      `the item #${name} is still in the table: its limit is removed, it counts no run, and no task waits for it, since more than ${keptMs / minute} min`,
    );
};

/** The limit may have been set and removed again between two looks. */
const changedAt = ({ cloud }: Seen): number => cloud.stageLimits().at(-1)?.at ?? 0;

/** Whether sweeps of this release come regularly, and can do their work. */
const hasSweeps = (world: Seen): boolean => {
  const { plan, timeline } = world;
  const isTroubled = plan.happenings.some(
    (one) =>
      one.kind === 'trouble' && one.at <= timeline.now() && one.until > timeline.now() - minute,
  );
  const isSkipping = plan.traits.sweepsSkipped > 0 && !world.isCalm();
  return !isTroubled && !isSkipping && world.releaseOf('sweep').name !== 'previous';
};

/** `limit/echo`: the limits that are removed, and whose items have nothing to do any more. */
const idleIn = (world: Seen): readonly string[] => {
  const items = world.cloud.items();
  return items.flatMap((item) => {
    const name = item.taskId?.S?.slice(1) ?? '';
    const isLimit = item.taskId?.S?.startsWith('#') && /^(limit[/]|stage$)/.test(name);
    if (!isLimit || !isRemoved(world, name) || hasPlaces(item)) return [];
    return items.some((other) => isWaiting(other, name)) ? [] : [name];
  });
};

/** While the stage has a limit, it counts those of the tools as well: they have no items. */
const isRemoved = ({ cloud, plan }: Seen, name: string): boolean => {
  const hasStage = cloud.stageLimits().at(-1)?.maxRunning !== undefined;
  if (name === 'stage') return !hasStage;
  const tool = plan.tools.find((one) => `limit/${one.name}` === name);
  return hasStage || tool?.spec.maxRunning === undefined;
};

const isWaiting = ({ phase, heldBy }: Item, name: string): boolean =>
  phase?.S === 'QUEUED' &&
  (name === 'stage' ? (heldBy?.S ?? '').startsWith('stage/') : heldBy?.S === name);
