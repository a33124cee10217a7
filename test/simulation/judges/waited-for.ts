import type { LiveWorld } from '../live-world.ts';
import { describe, hasEnded, type Row } from './item.ts';
import { wasRestored } from './messages.ts';
import { Violation } from './violation.ts';

/**
 * Judges that a row that waits for a gate or a limit, and not for a time, waits for what the sweep looks at. Who wrote the gate just
 * before the table was restored writes the row after it: such a row asks again by itself, after twelve hours at most. So does one
 * that waits for a limit whose item a person has deleted, unless the item is made again before that.
 */
export const judgeWaitedFor = (world: LiveWorld, row: Row): void => {
  if (!row.isGated || hasEnded(row) || wasRestored(world)) return;
  const name = itemFor(row.heldBy ?? '');
  if (world.cloud.itemOf(name)?.dueIn === undefined && !wasDeletedByHand(world, name))
    throw new Violation(
      'gate',
      `${describe(row)} waits for ${row.heldBy}, which no sweep looks at`,
    );
};

const wasDeletedByHand = ({ plan, timeline }: LiveWorld, name: string): boolean =>
  plan.happenings.some(
    (one) => one.kind === 'limitDeleted' && `#${one.limit}` === name && one.at <= timeline.now(),
  );

/** The item that the sweep looks at for those who are held by this. */
const itemFor = (by: string): string => {
  if (by.startsWith('limit/')) return `#${by}`;
  return by.startsWith('stage/') ? '#stage' : `#gate/${by}`;
};
