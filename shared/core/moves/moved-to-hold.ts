import type { Effect } from '../effect.ts';
import { moved, type Step, type Unstamped } from '../move.ts';
import type { CurrentTask, Queued } from '../task.ts';
import { waitingNotification } from '../waiting-notice.ts';

/** The row as QUEUED under its hold, with an event that tells why it waits where that was not told yet. */
export const movedToHold = (
  from: Queued | CurrentTask,
  next: Unstamped<Queued>,
  { now, effects = [] }: { readonly now: number; readonly effects?: readonly Effect[] },
): Step => {
  const told = waitingNotification(from, next, now);
  if (told === undefined) return moved(from, next, { now, effects });
  const { outbox, events, waitingNotice } = told;
  return moved(
    { ...from, outbox },
    { ...next, waitingNotice },
    { now, effects: [...effects, ...events] },
  );
};
