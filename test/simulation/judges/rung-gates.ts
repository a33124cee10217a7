import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, type Row, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** Longer than what was read of a tool is used for, and than the write that follows takes. */
const knownMs = 60_000;
/** A row whose gate was lost asks by itself after that. */
const lostMs = 12 * 60 * 60_000;

/**
 * Judges that nobody rings for a row that waits for a pause to end while its tool is paused. A world with a deployment is not
 * judged, because the previous release knows no gates; nor one with a frozen sweep, which may have looked long ago.
 */
export const judgeRungGates = (worldOf: () => LiveWorld): Pick<Watchers, 'written'> => ({
  written: (beforeItem, afterItem) => {
    const before = beforeItem && rowIn(beforeItem);
    if (beforeItem === undefined || !waitsForPause(before)) return;
    if (afterItem.rungAt === undefined) return;
    const world = worldOf();
    const now = world.timeline.now();
    const since = world.cloud.pausedSince(before.tool ?? '');
    if (since === undefined || since > now - knownMs) return;
    if (mayAsk(beforeItem, world)) return;
    throw new Violation(
      'rung',
      `${describe(before)} is rung for while ${before.tool} is paused since ${new Date(since).toISOString()}`,
    );
  },
});

const waitsForPause = (row: Row | undefined): row is Row =>
  row?.isGated === true && row.heldBy === `tool/${row.tool}`;

/** Whether the row may ask by itself, or nobody is judged here. */
const mayAsk = (item: Item, world: LiveWorld): boolean =>
  heldSince(item) < world.timeline.now() - lostMs || isUnjudged(world);

const heldSince = ({ held }: Item): number => Date.parse(held?.M?.since?.S ?? '');

const isUnjudged = ({ plan }: LiveWorld): boolean =>
  plan.happenings.some(
    (one) =>
      one.kind === 'deploy' ||
      one.kind === 'restore' ||
      (one.kind === 'crash' &&
        one.point.how === 'freeze' &&
        (one.point.flow ?? 'sweep') === 'sweep'),
  );
