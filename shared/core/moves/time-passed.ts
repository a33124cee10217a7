import { remainsOf } from '../carry-over.ts';
import { ringDue } from '../due.ts';
import { doorbell, ended, ignored, moved, type Step, stop } from '../move.ts';
import { waitsFrom } from '../start-by.ts';
import type { CurrentTask, Queued, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { clockTime, lasting, stopAgainMs } from '../times.ts';
import { stopFor } from './cancel-redrive.ts';

/** Time has passed: where one of the row's times has come, its move is made. */
export const timePassed = (task: Task, now: number): Step => {
  if (isEnded(task)) return ignored('the task has ended');
  return task.phase === 'QUEUED' ? queuedPassed(task, now) : currentPassed(task, now);
};

const queuedPassed = (task: Queued, now: number): Step => {
  const ring = ringDue(task);
  if (now >= task.startBy) {
    const reason = `it did not run within ${lasting(within(task))}: ${ring.why}`;
    return ended(
      task,
      { ...remainsOf(task), phase: 'FAILED', outcome: 'notStarted', endedAt: now, reason },
      { now, place: task.place },
    );
  }
  if (now < ring.at) return ignored(`its doorbell will be rung at ${clockTime(ring.at)}`);
  const next = { ...task, rings: task.rings + 1, rungAt: now };
  return moved(task, next, { now, effects: [doorbell(task)] });
};

// A task that has spent an attempt or a reclaim waits again, for the `startWithin` of its release. Any other task waits
// from when it was queued, or from its `notBefore`.
const within = (task: Queued): number =>
  task.release && task.attempts + task.reclaims > 0
    ? task.release.spec.startWithinMs
    : task.startBy - waitsFrom(task);

const currentPassed = (task: CurrentTask, now: number): Step => {
  if (task.stopping) return stopAgain(task, now);
  if (task.phase !== 'RUNNING' && now >= task.startBy) {
    return stopFor(task, { why: 'startWithin', reason: 'it did not run within startWithin' }, now);
  }
  if (task.phase === 'STARTING' && now >= task.acceptedAt + task.release.spec.startTimeoutMs) {
    const reason = `it did not start within ${lasting(task.release.spec.startTimeoutMs)}`;
    return stopFor(task, { why: 'startTimeout', reason }, now);
  }
  if (task.phase === 'RUNNING' && now >= task.startedAt + task.release.spec.timeoutMs) {
    const reason = `it ran longer than ${lasting(task.release.spec.timeoutMs)}`;
    return stopFor(task, { why: 'timeout', reason }, now);
  }
  return ignored('none of its times has come yet');
};

const stopAgain = (task: CurrentTask, now: number): Step => {
  const { stopping } = task;
  if (task.phase === 'LAUNCHING' || stopping === undefined)
    return ignored('ECS has not accepted the run that is to be stopped');
  if (now < stopping.askedAt + stopAgainMs)
    return ignored('ECS was asked to stop the run less than a minute ago');
  const next = { ...task, stopping: { ...stopping, askedAt: now } };
  return moved(task, next, {
    now,
    effects: [stop(task, task.ecsTaskArn, stopping.reason ?? stopping.why)],
  });
};
