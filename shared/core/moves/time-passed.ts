import { remainsOf } from '../carry-over.ts';
import { ringDue } from '../due.ts';
import { doorbell, ended, ignored, moved, type Step, stop } from '../move.ts';
import type { CurrentTask, Queued, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { clockTime, lasting, stopAgainMs } from '../times.ts';
import { stopFor } from './cancel-redrive.ts';

/** Somebody looks whether a time of the row has come. */
export const timePassed = (task: Task, now: number): Step => {
  if (isEnded(task)) return ignored('it has ended');
  return task.phase === 'QUEUED' ? queuedPassed(task, now) : currentPassed(task, now);
};

const queuedPassed = (task: Queued, now: number): Step => {
  const ring = ringDue(task);
  if (now >= task.startBy) {
    const reason = `it did not run within ${lasting(within(task))}: ${ring.why}`;
    return ended(
      task,
      { ...remainsOf(task), phase: 'FAILED', outcome: 'notStarted', endedAt: now, reason },
      { now, ...(task.place === undefined ? {} : { place: task.place }) },
    );
  }
  if (now < ring.at) return ignored(`its doorbell is rung at ${clockTime(ring.at)}`);
  const next = { ...task, rings: task.rings + 1, rungAt: now };
  return moved(task, next, { now, effects: [doorbell(task)] });
};

// One that has spent something of a budget waits again, by the spec that it has kept since; any other by what was known
// when it came.
const within = ({ release, attempts, reclaims, startBy, queuedAt }: Queued): number =>
  release && attempts + reclaims > 0 ? release.spec.startWithinMs : startBy - queuedAt;

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
  return ignored('none of its times has come');
};

const stopAgain = (task: CurrentTask, now: number): Step => {
  const { stopping } = task;
  if (task.phase === 'LAUNCHING' || stopping === undefined)
    return ignored('ECS has no run to stop yet');
  if (now < stopping.askedAt + stopAgainMs) return ignored('ECS was asked to stop it');
  const next = { ...task, stopping: { ...stopping, askedAt: now } };
  return moved(task, next, {
    now,
    effects: [stop(task, task.ecsTaskArn, stopping.reason ?? stopping.why)],
  });
};
