import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** Longer than what dispatch read of a gate is used for, and than the write that follows takes. */
const knownMs = 60_000;

/**
 * Judges that only the run that claimed it tries a closed placement: ECS is asked a few times a minute while it has no capacity.
 * A world with a deployment is not judged: the previous release knows no gates.
 */
export const judgeProbes = (worldOf: () => LiveWorld): Pick<Watchers, 'written'> => {
  /** When the closure of each gate was written last. */
  const written = new Map<string, number>();
  return {
    written: (before, after) => {
      const world = worldOf();
      const now = world.timeline.now();
      const taskId = after.taskId?.S ?? '';
      if (taskId.startsWith('#')) {
        if (before?.revision?.N !== after.revision?.N) written.set(taskId, now);
        return;
      }
      if (!isLaunch(before, after) || isDeployed(world)) return;
      const name = `#gate/placement/${after.placement?.S}`;
      const isNews = now - (written.get(name) ?? now) <= knownMs;
      if (!isNews) judgeLaunch(world.cloud.itemOf(name), after);
    },
  };
};

const isLaunch = (before: Item | undefined, after: Item): boolean =>
  after.phase?.S === 'LAUNCHING' && before?.phase?.S !== 'LAUNCHING';

const judgeLaunch = (gate: Item | undefined, launched: Item): void => {
  const row = rowIn(launched);
  if (row === undefined || gate === undefined || !isClosed(gate)) return;
  if (gate.probeBy?.S === `${row.taskId}/${row.run}`) return;
  throw new Violation(
    'probe',
    `${describe(row)} is launched on ${launched.placement?.S}, which is closed, and it did not claim the try`,
  );
};

const isClosed = (gate: Item): boolean =>
  gate.closedUntil !== undefined && gate.openedAt === undefined;

const isDeployed = ({ plan }: LiveWorld): boolean =>
  plan.happenings.some(({ kind }) => kind === 'deploy' || kind === 'restore');
