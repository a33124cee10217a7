import { fieldsOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, hasEnded, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/**
 * Judges that who loses a race for a row reads the winner and decides again: a cancel that was answered is in the row, as its end or
 * as the reason why its run is being stopped.
 */
export const judgeLosers = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'written' | 'ended'> & { readonly forget: () => void } => {
  /** When a row was last seen to live again after its end. */
  const revivedAt = new Map<string, number>();
  let restoredAt = Number.NEGATIVE_INFINITY;

  return {
    written: (beforeItem, afterItem) => {
      const before = beforeItem && rowIn(beforeItem);
      const after = rowIn(afterItem);
      if (after !== undefined && before !== undefined && hasEnded(before) && !hasEnded(after))
        revivedAt.set(after.taskId, worldOf().timeline.now());
    },
    ended: (flow, how, { event, startedAt }) => {
      const taskId = flow === 'play' && how === 'returned' ? cancelledIn(event) : undefined;
      if (taskId === undefined) return;
      // What was ended when the cancel came may be redriven by now, and a restored table has not seen it.
      if (startedAt <= Math.max(restoredAt, revivedAt.get(taskId) ?? restoredAt)) return;
      judgeCancel(worldOf(), taskId);
    },
    forget: () => {
      restoredAt = worldOf().timeline.now();
    },
  };
};

const cancelledIn = (event: unknown): string | undefined => {
  const { taskId, fact } = fieldsOf(event);
  const isCancel = fieldsOf(fact).kind === 'cancelAsked';
  return isCancel && typeof taskId === 'string' ? taskId : undefined;
};

const judgeCancel = ({ cloud }: LiveWorld, taskId: string): void => {
  const item = cloud.itemOf(taskId);
  const row = item && rowIn(item);
  const isKept = row !== undefined && (hasEnded(row) || row.stoppingWhy === 'cancel');
  if (isKept || cloud.isSpoilt(taskId)) return;
  const why = row === undefined ? 'there is no row of it' : `${describe(row)} knows nothing of it`;
  throw new Violation('loser', `a cancel of ${taskId} was answered, and ${why}`);
};
