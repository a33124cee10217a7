import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { withRun } from '../run-record.ts';
import type { CurrentTask, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { clockTime, missingMs, tokenMs } from '../times.ts';
import { endedByStop } from './launch-answered.ts';
import { requeued } from './requeued.ts';
import { concluded, recordOf } from './stopped.ts';

/** ECS does not find the run. The run has vanished if that is still so five minutes later, because reads of ECS lag. */
export const missing = (task: Task, fact: FactOf<'missing'>, now: number): Step => {
  if (isEnded(task) || task.phase === 'QUEUED' || task.run !== fact.run) {
    return ignored('that run is not the current one');
  }
  if (task.phase !== 'LAUNCHING' && task.ecsTaskArn !== fact.ecsTaskArn) {
    return ignored('that ECS task is not the current one');
  }
  if (task.phase === 'LAUNCHING' && now < task.launchOrder.intendedAt + tokenMs) {
    return ignored('its launch is sent again, because the token is still valid');
  }
  if (task.missingSince === undefined) return moved(task, { ...task, missingSince: now }, { now });
  if (now < task.missingSince + missingMs)
    return ignored('the run has been missing for less than five minutes');
  return vanished(task, now);
};

const vanished = (task: CurrentTask, now: number): Step => {
  const why = `ECS has not found it since ${clockTime(task.missingSince ?? now)}`;
  const ending = { verdict: 'vanished' as const, why };
  const record = recordOf(task, { ending }, now);
  const wish = task.stopping?.why;
  if (wish !== undefined && wish !== 'startTimeout')
    return endedByStop(task, { wish, record }, now);
  if (task.phase !== 'LAUNCHING') return concluded(task, { ending }, now);
  return requeued(task, { runs: withRun(task.runs, record) }, now);
};
