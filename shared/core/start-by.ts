import type { Queued } from './task.ts';
import { defaultStartWithinMs } from './times.ts';

/** When a task that is queued now must run: by its tool's spec, or by a default until the spec can be read. */
export const firstStartBy = (
  now: number,
  startWithinMs: number | undefined,
): Pick<Queued, 'startBy' | 'startByProvisional'> =>
  startWithinMs === undefined
    ? { startBy: now + defaultStartWithinMs, startByProvisional: true }
    : { startBy: now + startWithinMs };

/** The row with the time of the spec, counted from `queuedAt`, where it had the default and the spec can now be read. */
export const withStartBy = (task: Queued, startWithinMs: number | undefined): Queued => {
  if (task.startByProvisional === undefined || startWithinMs === undefined) return task;
  const { startByProvisional: _default, ...rest } = task;
  return { ...rest, startBy: task.queuedAt + startWithinMs };
};
