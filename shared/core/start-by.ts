import type { Queued } from './task.ts';
import { defaultStartWithinMs } from './times.ts';

/** When a task must run that waits from now on: by its tool's spec, or by a default until the spec can be read. */
export const firstStartBy = (
  now: number,
  startWithinMs: number | undefined,
): Pick<Queued, 'startBy' | 'startByProvisional'> =>
  startWithinMs === undefined
    ? { startBy: now + defaultStartWithinMs, startByProvisional: true }
    : { startBy: now + startWithinMs };

/** When the wait for a launch begins that `startWithin` limits: the task is queued, and its `notBefore` has come. */
export const waitsFrom = ({
  queuedAt,
  askedNotBefore = 0,
}: Pick<Queued, 'queuedAt' | 'askedNotBefore'>): number => Math.max(queuedAt, askedNotBefore);

/** The row with the time of the spec, counted from `waitsFrom`, where it had the default and the spec can now be read. */
export const withStartBy = (task: Queued, startWithinMs: number | undefined): Queued => {
  if (task.startByProvisional === undefined || startWithinMs === undefined) return task;
  const { startByProvisional: _default, ...rest } = task;
  return { ...rest, startBy: waitsFrom(task) + startWithinMs };
};
