import type { Queued } from './task.ts';
import { defaultStartWithinMs } from './times.ts';

/** Until when a task that is queued now must run: by its tool's spec, or by a default until that can be read. */
export const firstStartBy = (
  now: number,
  startWithinMs: number | undefined,
): Pick<Queued, 'startBy' | 'startByProvisional'> =>
  startWithinMs === undefined
    ? { startBy: now + defaultStartWithinMs, startByProvisional: true }
    : { startBy: now + startWithinMs };

/** The same row with the time of the spec, if it had only the default and the spec is known by now; it counts from when it was queued. */
export const withStartBy = (task: Queued, startWithinMs: number | undefined): Queued => {
  if (task.startByProvisional === undefined || startWithinMs === undefined) return task;
  const { startByProvisional: _default, ...rest } = task;
  return { ...rest, startBy: task.queuedAt + startWithinMs };
};
