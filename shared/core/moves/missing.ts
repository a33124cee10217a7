import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { withRun } from '../run-record.ts';
import type { CurrentTask, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { clockTime, missingMs, tokenMs } from '../times.ts';
import { neverRan } from './launch-answered.ts';
import { requeued } from './requeued.ts';
import { concluded, recordOf } from './stopped.ts';

/** ECS does not know the run. It counts only when it is still so five minutes later: reads lag. */
export const missing = (task: Task, fact: FactOf<'missing'>, now: number): Step => {
  if (isEnded(task) || task.phase === 'QUEUED' || task.run !== fact.run) {
    return ignored('that run is not current');
  }
  if (task.phase !== 'LAUNCHING' && task.ecsTaskArn !== fact.ecsTaskArn) {
    return ignored('that ECS task is not the row’s');
  }
  if (task.phase === 'LAUNCHING' && now < task.launchOrder.intendedAt + tokenMs) {
    return ignored('its launch is asked again: the token still answers');
  }
  if (task.missingSince === undefined) return moved(task, { ...task, missingSince: now }, { now });
  if (now < task.missingSince + missingMs) return ignored('it was missed already');
  return vanished(task, now);
};

const vanished = (task: CurrentTask, now: number): Step => {
  const why = `ECS does not know it since ${clockTime(task.missingSince ?? now)}`;
  const ending = { verdict: 'vanished' as const, why };
  const record = recordOf(task, { ending }, now);
  const wish = task.stopping?.why;
  if (wish !== undefined && wish !== 'startTimeout') return neverRan(task, { wish, record }, now);
  if (task.phase !== 'LAUNCHING') return concluded(task, { ending }, now);
  return requeued(task, { runs: withRun(task.runs, record) }, now);
};
