import type { Endpoint } from '../effect.ts';
import type { FactOf, Sighting } from '../fact.ts';
import { count, ignored, moved, notify, type Step, stop } from '../move.ts';
import { endpointOf } from '../parts.ts';
import { present } from '../present.ts';
import type { Running, Starting, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { adopt, startingOf, stopOther } from './launch-answered.ts';
import { stopped } from './stopped.ts';

/** ECS has a task for this run, as an event or DescribeTasks says. Sightings come out of order: an older one is ignored. */
export const seen = (task: Task, { run, sighting }: FactOf<'seen'>, now: number): Step => {
  if (isEnded(task) || task.phase === 'QUEUED' || task.run !== run) {
    return otherSeen(task, { run, sighting }, now);
  }
  if (task.phase === 'LAUNCHING')
    return seenLaunching(startingOf(task, sighting, now), task, sighting, now);
  if (task.ecsTaskArn !== sighting.ecsTaskArn) return otherSeen(task, { run, sighting }, now);
  if (sighting.ecsVersion <= task.ecsVersion) return stillThere(task, now);
  return seenAccepted(task, sighting, now);
};

// Where `task` was LAUNCHING until now, ECS is asked here for a stop that was asked for meanwhile.
const runs = (task: Starting, sighting: Sighting, now: number): Step => {
  const { missingSince: _missing, waitingNotice: _notice, ...rest } = task;
  const next: Running = {
    ...rest,
    phase: 'RUNNING',
    ecsVersion: sighting.ecsVersion,
    // ECS's clock may be ahead of ours: a run begins at the latest when it is seen.
    startedAt: Math.min(sighting.startedAt ?? now, now),
    ...present({ endpoint: sighting.endpoint && endpointOf(sighting.endpoint) }),
  };
  const { stopping } = task;
  const effects = [
    ...(stopping ? [stop(task, task.ecsTaskArn, stopping.reason ?? stopping.why)] : []),
    ...notify(next, 'running', { now, revision: task.revision }),
    ...count(next, { saw: 'start', at: now }),
  ];
  return moved(task, next, { now, effects });
};

const otherSeen = (
  task: Task,
  { run, sighting }: { readonly run: number; readonly sighting: Sighting },
  now: number,
): Step =>
  sighting.status === 'stopped'
    ? ignored('the run that stopped is not the current one')
    : stopOther(task, { run, ecsTaskArn: sighting.ecsTaskArn }, now);

const seenLaunching = (
  starting: Starting,
  task: Task & { phase: 'LAUNCHING' },
  sighting: Sighting,
  now: number,
): Step => {
  switch (sighting.status) {
    case 'starting':
      return adopt(task, { ecsTaskArn: sighting.ecsTaskArn, ecsVersion: sighting.ecsVersion }, now);
    case 'running':
      return runs(starting, sighting, now);
    case 'stopped':
      return stopped(starting, sighting, now);
  }
};

// The run still exists: that is written only where it was missing.
const stillThere = (task: Starting | Running, now: number): Step => {
  if (task.missingSince === undefined) return ignored('the sighting says nothing new');
  const { missingSince: _missing, ...found } = task;
  return moved(task, found, { now });
};

const seenAccepted = (task: Starting | Running, sighting: Sighting, now: number): Step => {
  switch (sighting.status) {
    case 'starting':
      return stillThere(task, now);
    case 'running':
      return task.phase === 'STARTING'
        ? runs(task, sighting, now)
        : endpointSeen(task, sighting.endpoint, now);
    case 'stopped':
      return stopped(task, sighting, now);
  }
};

const endpointSeen = (task: Running, endpoint: Endpoint | undefined, now: number): Step => {
  if (endpoint === undefined || task.endpoint !== undefined) return stillThere(task, now);
  const { missingSince: _missing, ...found } = task;
  return moved(task, { ...found, endpoint: endpointOf(endpoint) }, { now });
};
