import { remainsOf } from '../carry-over.ts';
import type { FactOf } from '../fact.ts';
import { ended, ignored, moved, type Step, stop } from '../move.ts';
import { hasStopsEnough } from '../outbox.ts';
import { type RunRecord, withRun } from '../run-record.ts';
import type { CurrentTask, Launching, Starting, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { holdAfter, requeued } from './requeued.ts';

/** ECS took the launch. */
export const accepted = (task: Task, fact: FactOf<'accepted'>, now: number): Step => {
  if (task.phase === 'LAUNCHING' && task.run === fact.run) {
    return adopt(task, { ecsTaskArn: fact.ecsTaskArn, ecsVersion: 0 }, now);
  }
  return strange(task, { run: fact.run, ecsTaskArn: fact.ecsTaskArn }, now);
};

/** The saved run is known to ECS: it is STARTING, and stopped at once where that was asked meanwhile. */
export const adopt = (
  task: Launching,
  found: Pick<Starting, 'ecsTaskArn' | 'ecsVersion'>,
  now: number,
): Step => {
  const { stopping } = task;
  const next = {
    ...startingOf(task, found, now),
    ...(stopping ? { stopping: { ...stopping, askedAt: now } } : {}),
  };
  const effects = stopping ? [stop(task, found.ecsTaskArn, stopping.reason ?? stopping.why)] : [];
  return moved(task, next, { now, effects });
};

/** A launching row as it is once ECS has the run. */
export const startingOf = (
  task: Launching,
  found: Pick<Starting, 'ecsTaskArn' | 'ecsVersion'>,
  now: number,
): Starting => {
  const { launchOrder: _order, doubt: _doubt, missingSince: _missing, ...rest } = task;
  return {
    ...rest,
    phase: 'STARTING',
    // One by one: what was found is a sighting, and has a status and more.
    ecsTaskArn: found.ecsTaskArn,
    ecsVersion: found.ecsVersion,
    acceptedAt: now,
  };
};

/** An ECS task that is not this row's current one: stopped, unless it is only the row's own past. */
export const strange = (
  task: Task,
  found: { readonly run: number; readonly ecsTaskArn: string },
  now: number,
): Step => {
  const { run, ecsTaskArn } = found;
  if (run > task.run || (run === task.run && task.phase === 'QUEUED')) {
    return ignored('a run that this row has not launched: the table may be older than the cluster');
  }
  const past = task.runs.find((record) => record.ecsTaskArn === ecsTaskArn);
  // A vanished run that turns up again was never seen stopped; of any other this is late news.
  if (past && past.verdict !== 'vanished') return ignored('that run has ended');
  if (!past && 'ecsTaskArn' in task && task.ecsTaskArn === ecsTaskArn)
    return ignored('it is known');
  const effect = stop(
    { taskId: task.taskId, run },
    ecsTaskArn,
    `run ${run} is not the current one`,
  );
  if (task.outbox.some((waiting) => waiting.id === effect.id))
    return ignored('it is to be stopped');
  // A sweep sees it again.
  if (hasStopsEnough(task)) return ignored('so many others are to be stopped first');
  return moved(task, task, { now, effects: [effect] });
};

/** Nobody knows whether ECS took the launch: the same order is sent again. */
export const doubted = (task: Task, fact: FactOf<'doubted'>, now: number): Step => {
  const launching = launchingRun(task, fact.run);
  if (typeof launching === 'string') return ignored(launching);
  const { doubt } = launching;
  if (doubt?.at === now && doubt.why === fact.why) return ignored('it is in doubt already');
  const next = { ...launching, doubt: { why: fact.why, at: now, times: (doubt?.times ?? 0) + 1 } };
  return moved(launching, next, { now });
};

/**
 * ECS refused the launch. The run never was, and the next one waits until its cause is mended; but where the order may
 * have been sent by somebody else as well, only what ECS keeps under the token says so of every call (decision 8).
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
    return neverRan(launching, { wish, record }, now);
  const runs = withRun(launching.runs, record);
  return requeued(launching, { runs, hold: holdAfter(launching, runs, now) }, now);
};

/** The task ends without this run: it was refused or has vanished after its end was asked for. */
export const neverRan = (
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
    { now, ...(task.place === undefined ? {} : { place: task.place }) },
  );
};

const launchingRun = (task: Task, run: number): Launching | string => {
  if (isEnded(task)) return `the task has ended ${task.phase}`;
  if (task.phase !== 'LAUNCHING') return `the task is ${task.phase}`;
  return task.run === run ? task : `run ${task.run} is current, not ${run}`;
};
