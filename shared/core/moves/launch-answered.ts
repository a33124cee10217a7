import { remainsOf } from '../carry-over.ts';
import type { FactOf } from '../fact.ts';
import { count, ended, ignored, moved, type Step, stop } from '../move.ts';
import { hasEnoughStops } from '../outbox.ts';
import { present } from '../present.ts';
import { type RunRecord, withRun } from '../run-record.ts';
import type { CurrentTask, Launching, Starting, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { holdAfter, requeued } from './requeued.ts';

/** ECS has accepted the launch. */
export const accepted = (task: Task, fact: FactOf<'accepted'>, now: number): Step => {
  if (task.phase === 'LAUNCHING' && task.run === fact.run) {
    return adopt(task, { ecsTaskArn: fact.ecsTaskArn, ecsVersion: 0 }, now);
  }
  return stopOther(task, { run: fact.run, ecsTaskArn: fact.ecsTaskArn }, now);
};

/** ECS has the saved run: the row is STARTING, and ECS is asked to stop the run where that was asked for meanwhile. */
export const adopt = (
  task: Launching,
  found: Pick<Starting, 'ecsTaskArn' | 'ecsVersion'>,
  now: number,
): Step => {
  const { stopping } = task;
  const next = {
    ...startingOf(task, found, now),
    ...present({ stopping: stopping && { ...stopping, askedAt: now } }),
  };
  const effects = stopping ? [stop(task, found.ecsTaskArn, stopping.reason ?? stopping.why)] : [];
  return moved(task, next, { now, effects });
};

/** A LAUNCHING row as it is once ECS has the run. */
export const startingOf = (
  task: Launching,
  found: Pick<Starting, 'ecsTaskArn' | 'ecsVersion'>,
  now: number,
): Starting => {
  const { launchOrder: _order, doubt: _doubt, missingSince: _missing, ...rest } = task;
  return {
    ...rest,
    phase: 'STARTING',
    // Named one by one: `found` may be a sighting, which has more fields.
    ecsTaskArn: found.ecsTaskArn,
    ecsVersion: found.ecsVersion,
    acceptedAt: now,
  };
};

/** An ECS task that is not the row's current one: it is stopped, unless it is an earlier run that has ended. */
export const stopOther = (
  task: Task,
  found: { readonly run: number; readonly ecsTaskArn: string },
  now: number,
): Step => {
  const { run, ecsTaskArn } = found;
  if (run > task.run || (run === task.run && task.phase === 'QUEUED')) {
    return ignored('the row has not launched that run: the table may be older than the cluster');
  }
  const past = task.runs.find((record) => record.ecsTaskArn === ecsTaskArn);
  // A vanished run was never seen stopped, so its container may live. Any other run has stopped, and this sighting is late.
  if (past && past.verdict !== 'vanished') return ignored('that run has ended');
  if (!past && 'ecsTaskArn' in task && task.ecsTaskArn === ecsTaskArn)
    return ignored('it is the current one');
  const effect = stop(
    { taskId: task.taskId, run },
    ecsTaskArn,
    `run ${run} is not the current one`,
  );
  if (task.outbox.some((waiting) => waiting.id === effect.id))
    return ignored('the outbox holds its stop already');
  // The sweep will see it again.
  if (hasEnoughStops(task))
    return ignored('the outbox is full of stops, which are carried out first');
  return moved(task, task, { now, effects: [effect] });
};

/** It is not known whether ECS accepted the launch: the same order will be sent again. */
export const doubted = (task: Task, fact: FactOf<'doubted'>, now: number): Step => {
  const launching = launchingRun(task, fact.run);
  if (typeof launching === 'string') return ignored(launching);
  const { doubt } = launching;
  if (doubt?.at === now && doubt.why === fact.why) return ignored('the launch is in doubt already');
  const next = { ...launching, doubt: { why: fact.why, at: now, times: (doubt?.times ?? 0) + 1 } };
  return moved(launching, next, { now });
};

/**
 * ECS refused the launch. The run never existed, and the next one waits until the cause is repaired. Where an earlier call
 * with the same order is in doubt, only a refusal that ECS stores under the token is valid for all calls (decision 8).
 */
export const launchRefused = (task: Task, fact: FactOf<'launchRefused'>, now: number): Step => {
  const launching = launchingRun(task, fact.run);
  if (typeof launching === 'string') return ignored(launching);
  if (launching.doubt && !fact.isOfToken) {
    return doubted(launching, { kind: 'doubted', run: fact.run, why: fact.why }, now);
  }
  const record = {
    run: launching.run,
    placement: launching.placement,
    version: launching.release.version,
    verdict: fact.cause,
    why: fact.why,
    endedAt: now,
  };
  const wish = launching.stopping?.why;
  if (wish === 'cancel' || wish === 'startWithin')
    return endedByStop(launching, { wish, record }, now);
  const runs = withRun(launching.runs, record);
  const more =
    fact.cause === 'release'
      ? count(launching, { saw: 'failedStart', at: now, why: fact.why })
      : [];
  return requeued(launching, { runs, more, hold: holdAfter(launching, runs, now) }, now);
};

/** The task ends: its run was to be stopped, and then was refused or vanished. */
export const endedByStop = (
  task: CurrentTask,
  end: { readonly wish: 'cancel' | 'startWithin' | 'timeout'; readonly record: RunRecord },
  now: number,
): Step => {
  const cancelled = end.wish === 'cancel';
  return ended(
    task,
    {
      ...remainsOf(task),
      runs: withRun(task.runs, end.record),
      phase: cancelled ? 'CANCELLED' : 'FAILED',
      outcome: cancelled ? 'cancelled' : end.wish === 'timeout' ? 'timeout' : 'notStarted',
      endedAt: now,
      reason: cancelled
        ? (task.stopping?.reason ?? 'cancelled')
        : `${task.stopping?.reason ?? end.wish} (${end.record.why})`,
    },
    { now, place: task.place },
  );
};

const launchingRun = (task: Task, run: number): Launching | string => {
  if (isEnded(task)) return `the task has ended ${task.phase}`;
  if (task.phase !== 'LAUNCHING') return `the task is ${task.phase}`;
  return task.run === run ? task : `run ${task.run} is current, not ${run}`;
};
