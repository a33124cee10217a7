import { remainsOf } from '../carry-over.ts';
import { type Ending, endingOf } from '../ending.ts';
import type { Sighting } from '../fact.ts';
import { ended, type Step } from '../move.ts';
import { inARow, type RunRecord, withRun } from '../run-record.ts';
import type { CurrentTask, Running, Starting } from '../task.ts';
import { platformMs, resultMs } from '../times.ts';
import { holdAfter, requeued } from './requeued.ts';

/** The current run has stopped: the task is over, or goes back to the queue for its next run. */
export const stopped = (from: Starting | Running, sighting: Sighting, now: number): Step => {
  const task = asItRan(from, sighting, now);
  const ending = endingOf(sighting.stop ?? {}, {
    wasRunning: task.phase === 'RUNNING',
    exitCodes: task.release.spec.exitCodes,
    ...(task.stopping === undefined ? {} : { stopping: task.stopping }),
  });
  const exitCode = sighting.stop?.exitCode;
  return concluded(
    { ...task, ecsVersion: sighting.ecsVersion },
    { ending, ...(exitCode === undefined ? {} : { exitCode }) },
    now,
  );
};

/** How a run was lost sight of or stopped. */
export interface Conclusion {
  readonly ending: Ending;
  readonly exitCode?: number;
}

/** What follows from a run's end: budgets are counted, each by the one who was answerable. */
export const concluded = (
  task: Starting | Running,
  { ending, exitCode }: Conclusion,
  now: number,
): Step => {
  const runs = withRun(
    task.runs,
    recordOf(task, { ending, ...(exitCode === undefined ? {} : { exitCode }) }, now),
  );
  const { verdict } = ending;
  const toolsOwn =
    verdict === 'tool' ||
    verdict === 'outOfMemory' ||
    verdict === 'succeeded' ||
    verdict === 'timeout';
  const attempts = task.attempts + (toolsOwn ? 1 : 0);
  const reclaims = task.reclaims + (isReclaimed(task, verdict) ? 1 : 0);
  const counted = { ...task, runs, attempts, reclaims };
  const final = ending.final ?? exhausted(counted, ending);
  if (final === undefined) return again(counted, verdict, now);
  return over(
    task,
    counted,
    { ending, final, ...(exitCode === undefined ? {} : { exitCode }) },
    now,
  );
};

/** What a row remembers of a run that is over. */
export const recordOf = (
  task: CurrentTask,
  { ending, exitCode }: Conclusion,
  now: number,
): RunRecord => ({
  run: task.run,
  placement: task.placement,
  version: task.release.version,
  verdict: ending.verdict,
  why: ending.why,
  endedAt: now,
  ...(task.phase === 'LAUNCHING' ? {} : { ecsTaskArn: task.ecsTaskArn }),
  ...(task.phase === 'RUNNING' ? { startedAt: task.startedAt } : {}),
  ...(exitCode === undefined ? {} : { exitCode }),
});

// A short run may be over before anybody sees it running.
const asItRan = (
  task: Starting | Running,
  { startedAt }: Sighting,
  now: number,
): Starting | Running =>
  task.phase === 'STARTING' && startedAt !== undefined
    ? { ...task, phase: 'RUNNING', startedAt: Math.min(startedAt, now) }
    : task;

// A run that vanished while running is one that the platform took away.
const isReclaimed = (task: Starting | Running, verdict: Ending['verdict']): boolean =>
  verdict === 'reclaimed' || (verdict === 'vanished' && task.phase === 'RUNNING');

// Double memory is one more chance beside the attempts, not one of them.
const exhausted = (task: Starting | Running, { verdict }: Ending): 'fail' | undefined => {
  const { spec } = task.release;
  const spent =
    (verdict === 'tool' && task.attempts >= spec.attempts) ||
    (verdict === 'outOfMemory' && !doubles(task) && task.attempts >= spec.attempts) ||
    (isReclaimed(task, verdict) && task.reclaims > spec.reclaims);
  return spent ? 'fail' : undefined;
};

const doubles = (task: Starting | Running): boolean =>
  task.release.spec.doubleMemory && !task.memoryDoubled;

const again = (task: Starting | Running, verdict: Ending['verdict'], now: number): Step => {
  const { runs, attempts, reclaims } = task;
  const counts = { runs, attempts, reclaims };
  if (verdict === 'outOfMemory' && doubles(task)) {
    return requeued(task, { ...counts, memoryDoubled: true }, now);
  }
  const hold = holdAfter(task, runs, now);
  const delay = hold ? undefined : delayMs(task, verdict);
  const notBefore = delay === undefined ? undefined : now + delay;
  return requeued(task, { ...counts, hold, notBefore }, now);
};

// A reclaimed run and one that only changes its placement go on at once; the others give their cause time.
const delayMs = (task: Starting | Running, verdict: Ending['verdict']): number | undefined => {
  const { delaysMs } = task.release.spec;
  switch (verdict) {
    case 'tool':
    case 'outOfMemory':
      return delaysMs[task.attempts - 1] ?? delaysMs.at(-1);
    case 'platform':
      return platformMs(inARow(task.runs, 'platform'));
    default:
      return undefined;
  }
};

const over = (
  from: Starting | Running,
  counted: Starting | Running,
  { ending, final, exitCode }: Conclusion & { readonly final: 'succeed' | 'fail' | 'cancel' },
  now: number,
): Step => {
  const { spec } = counted.release;
  const phase = { succeed: 'SUCCEEDED', fail: 'FAILED', cancel: 'CANCELLED' } as const;
  const waits = spec.result && final === 'succeed';
  return ended(
    from,
    {
      ...remainsOf(counted),
      phase: phase[final],
      outcome: ending.verdict === 'startTimeout' ? 'notStarted' : ending.verdict,
      endedAt: now,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(final === 'succeed' ? {} : { reason: reasonOf(counted, ending) }),
    },
    {
      now,
      ...(counted.place === undefined ? {} : { place: counted.place }),
      ...(waits ? { replyNotBefore: now + resultMs } : {}),
    },
  );
};

const reasonOf = (task: Starting | Running, ending: Ending): string => {
  if (ending.final !== undefined) return ending.why;
  return isReclaimed(task, ending.verdict)
    ? `the platform took ${task.reclaims} runs away, the last one: ${ending.why}`
    : `${ending.why} in attempt ${task.attempts} of ${task.release.spec.attempts}`;
};
