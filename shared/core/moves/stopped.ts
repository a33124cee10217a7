import { remainsOf } from '../carry-over.ts';
import { type Ending, endingOf } from '../ending.ts';
import type { Sighting } from '../fact.ts';
import { ended, type Step } from '../move.ts';
import { present } from '../present.ts';
import { inARow, type RunRecord, withRun } from '../run-record.ts';
import type { CurrentTask, Running, Starting } from '../task.ts';
import { platformMs, resultMs } from '../times.ts';
import { holdAfter, requeued } from './requeued.ts';

/** The current run has stopped: the task ends, or goes back to the queue for its next run. */
export const stopped = (from: Starting | Running, sighting: Sighting, now: number): Step => {
  const task = withItsRun(from, sighting, now);
  const ending = endingOf(sighting.stop ?? {}, {
    wasRunning: task.phase === 'RUNNING',
    exitCodes: task.release.spec.exitCodes,
    ...present({ stopping: task.stopping }),
  });
  return concluded(
    { ...task, ecsVersion: sighting.ecsVersion },
    { ending, exitCode: sighting.stop?.exitCode },
    now,
  );
};

/** How a run stopped or vanished. */
export interface Conclusion {
  readonly ending: Ending;
  readonly exitCode?: number | undefined;
}

/** What follows from a run's end: the budget of the one who is answerable is counted, and the task ends or goes on. */
export const concluded = (
  task: Starting | Running,
  { ending, exitCode }: Conclusion,
  now: number,
): Step => {
  const runs = withRun(task.runs, recordOf(task, { ending, exitCode }, now));
  const { verdict } = ending;
  const isOfTool =
    verdict === 'tool' ||
    verdict === 'outOfMemory' ||
    verdict === 'succeeded' ||
    verdict === 'timeout';
  const attempts = task.attempts + (isOfTool ? 1 : 0);
  const reclaims = task.reclaims + (isReclaimed(task, verdict) ? 1 : 0);
  const counted = { ...task, runs, attempts, reclaims };
  const final = ending.final ?? budgetSpent(counted, ending);
  if (final === undefined) return nextRun(counted, verdict, now);
  return finished(task, counted, { ending, final, exitCode }, now);
};

/** What a row remembers about a run that is over. */
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
  ...present({
    ecsTaskArn: task.phase === 'LAUNCHING' ? undefined : task.ecsTaskArn,
    startedAt: task.phase === 'RUNNING' ? task.startedAt : undefined,
    exitCode,
  }),
});

// A short run may stop before any sighting shows it running.
const withItsRun = (
  task: Starting | Running,
  { startedAt }: Sighting,
  now: number,
): Starting | Running =>
  task.phase === 'STARTING' && startedAt !== undefined
    ? { ...task, phase: 'RUNNING', startedAt: Math.min(startedAt, now) }
    : task;

// A run that vanished while it ran counts as one that the platform reclaimed.
const isReclaimed = (task: Starting | Running, verdict: Ending['verdict']): boolean =>
  verdict === 'reclaimed' || (verdict === 'vanished' && task.phase === 'RUNNING');

// The run with double memory is not one of the attempts, but one more.
const budgetSpent = (task: Starting | Running, { verdict }: Ending): 'fail' | undefined => {
  const { spec } = task.release;
  const spent =
    (verdict === 'tool' && task.attempts >= spec.attempts) ||
    (verdict === 'outOfMemory' && !getsDoubleMemory(task) && task.attempts >= spec.attempts) ||
    (isReclaimed(task, verdict) && task.reclaims > spec.reclaims);
  return spent ? 'fail' : undefined;
};

const getsDoubleMemory = (task: Starting | Running): boolean =>
  task.release.spec.doubleMemory && !task.memoryDoubled;

const nextRun = (task: Starting | Running, verdict: Ending['verdict'], now: number): Step => {
  const { runs, attempts, reclaims } = task;
  const counts = { runs, attempts, reclaims };
  if (verdict === 'outOfMemory' && getsDoubleMemory(task)) {
    return requeued(task, { ...counts, memoryDoubled: true }, now);
  }
  const hold = holdAfter(task, runs, now);
  const delay = hold ? undefined : delayMs(task, verdict);
  const notBefore = delay === undefined ? undefined : now + delay;
  return requeued(task, { ...counts, hold, notBefore }, now);
};

// The next run follows at once after a reclaimed run and after a start that took too long. After others it is delayed.
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

const finished = (
  from: Starting | Running,
  counted: Starting | Running,
  { ending, final, exitCode }: Conclusion & { readonly final: 'succeed' | 'fail' | 'cancel' },
  now: number,
): Step => {
  const { spec } = counted.release;
  const phase = { succeed: 'SUCCEEDED', fail: 'FAILED', cancel: 'CANCELLED' } as const;
  const isSaid = counted.result !== undefined || counted.resultMissing !== undefined;
  const waits = spec.result && final === 'succeed' && !isSaid;
  return ended(
    from,
    {
      ...remainsOf(counted),
      phase: phase[final],
      outcome: ending.verdict === 'startTimeout' ? 'notStarted' : ending.verdict,
      endedAt: now,
      ...present({
        exitCode,
        reason: final === 'succeed' ? undefined : reasonOf(counted, ending),
      }),
    },
    {
      now,
      place: counted.place,
      replyNotBefore: waits ? now + resultMs : undefined,
    },
  );
};

const reasonOf = (task: Starting | Running, ending: Ending): string => {
  if (ending.final !== undefined) return ending.why;
  return isReclaimed(task, ending.verdict)
    ? `the platform reclaimed ${task.reclaims} runs, the last one: ${ending.why}`
    : `${ending.why} in attempt ${task.attempts} of ${task.release.spec.attempts}`;
};
