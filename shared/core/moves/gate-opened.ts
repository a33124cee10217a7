import type { FactOf } from '../fact.ts';
import { waitsForGate } from '../gate.ts';
import { doorbell, ignored, moved, type Step } from '../move.ts';
import type { Task } from '../task.ts';

/** What the row waits for may have changed: its doorbell is rung, so that dispatch asks all its holds again. */
export const gateOpened = (task: Task, { by }: FactOf<'gateOpened'>, now: number): Step => {
  if (task.phase !== 'QUEUED') return ignored(`the task is ${task.phase}`);
  if (task.hold?.by !== by) return ignored('it does not wait for this gate');
  if (!waitsForGate(task)) return ignored('it has a time of its own');
  if (now >= task.startBy) return ignored('its startWithin has passed');
  const next = { ...task, rings: task.rings + 1, rungAt: now };
  return moved(task, next, { now, effects: [doorbell(task)] });
};
