import type { Endpoint } from '../effect.ts';
import type { FactOf, Sighting } from '../fact.ts';
import { ignored, moved, notify, type Step, stop } from '../move.ts';
import { endpointOf } from '../parts.ts';
import type { Running, Starting, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { adopt, startingOf, strange } from './launch-answered.ts';
import { stopped } from './stopped.ts';

/** ECS was seen to have a task for this run, by an event or by a look. Looks overtake each other: an older one is ignored. */
export const seen = (task: Task, { run, sighting }: FactOf<'seen'>, now: number): Step => {
  if (isEnded(task) || task.phase === 'QUEUED' || task.run !== run) {
    return notCurrent(task, { run, sighting }, now);
  }
  if (task.phase === 'LAUNCHING')
    return launchingSeen(startingOf(task, sighting, now), task, sighting, now);
  if (task.ecsTaskArn !== sighting.ecsTaskArn) return notCurrent(task, { run, sighting }, now);
  if (sighting.ecsVersion <= task.ecsVersion) return seenAgain(task, now);
  return acceptedSeen(task, sighting, now);
};

// `task` may be a launching row that was just adopted: a stop that was asked for meanwhile is then asked of ECS here.
const run = (task: Starting, sighting: Sighting, now: number): Step => {
  const { missingSince: _missing, ...rest } = task;
  const next: Running = {
    ...rest,
    phase: 'RUNNING',
    ecsVersion: sighting.ecsVersion,
    // ECS's clock may be ahead of ours: a run's time begins when it is seen, at the latest.
    startedAt: Math.min(sighting.startedAt ?? now, now),
    ...(sighting.endpoint === undefined ? {} : { endpoint: endpointOf(sighting.endpoint) }),
  };
  const { stopping } = task;
  const effects = [
    ...(stopping ? [stop(task, task.ecsTaskArn, stopping.reason ?? stopping.why)] : []),
    ...notify(next, 'running', { now, revision: task.revision }),
  ];
  return moved(task, next, { now, effects });
};

const notCurrent = (
  task: Task,
  { run, sighting }: { readonly run: number; readonly sighting: Sighting },
  now: number,
): Step =>
  sighting.status === 'stopped'
    ? ignored('a run that is not current has stopped')
    : strange(task, { run, ecsTaskArn: sighting.ecsTaskArn }, now);

const launchingSeen = (
  starting: Starting,
  task: Task & { phase: 'LAUNCHING' },
  sighting: Sighting,
  now: number,
): Step => {
  switch (sighting.status) {
    case 'starting':
      return adopt(task, { ecsTaskArn: sighting.ecsTaskArn, ecsVersion: sighting.ecsVersion }, now);
    case 'running':
      return run(starting, sighting, now);
    case 'stopped':
      return stopped(starting, sighting, now);
  }
};

// Nothing new but that it is there: worth a write only if it was missed.
const seenAgain = (task: Starting | Running, now: number): Step => {
  if (task.missingSince === undefined) return ignored('nothing new');
  const { missingSince: _missing, ...found } = task;
  return moved(task, found, { now });
};

const acceptedSeen = (task: Starting | Running, sighting: Sighting, now: number): Step => {
  switch (sighting.status) {
    case 'starting':
      return seenAgain(task, now);
    case 'running':
      return task.phase === 'STARTING'
        ? run(task, sighting, now)
        : runningAgain(task, sighting.endpoint, now);
    case 'stopped':
      return stopped(task, sighting, now);
  }
};

const runningAgain = (task: Running, endpoint: Endpoint | undefined, now: number): Step => {
  if (endpoint === undefined || task.endpoint !== undefined) return seenAgain(task, now);
  const { missingSince: _missing, ...found } = task;
  return moved(task, { ...found, endpoint: endpointOf(endpoint) }, { now });
};
