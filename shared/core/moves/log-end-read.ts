import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { present } from '../present.ts';
import type { Task } from '../task.ts';

/** The last lines of a run that failed were read, or could not be read. A row keeps those of the last such run. */
export const logEndRead = (task: Task, fact: FactOf<'logEndRead'>, now: number): Step => {
  const { run, logTail, missing: logTailMissing } = fact;
  if (!task.runs.some((past) => past.run === run)) return ignored(`run ${run} has not ended`);
  if ((task.logTailRun ?? 0) >= run) return ignored('the end of that log was read already');
  const { logTail: _lines, logTailMissing: _why, ...rest } = task;
  const next = { ...rest, logTailRun: run, ...present({ logTail, logTailMissing }) };
  return moved(task, next, { now });
};
