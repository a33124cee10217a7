import { remainsOf } from '../carry-over.ts';
import { getsDoubleMemory, undoubled } from '../double-memory.ts';
import type { Effect } from '../effect.ts';
import { type Ending, endingOf } from '../ending.ts';
import type { Sighting } from '../fact.ts';
import { count, ended, type Step } from '../move.ts';
import { present } from '../present.ts';
import { inARow, type RunRecord, type Verdict, withRun } from '../run-record.ts';
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
    { ending, exitCode: sighting.stop?.exitCode, counts: countsOf(from, { task, ending }, now) },
    now,
  );
};

/** How a run stopped or vanished. */
export interface Conclusion {
  readonly ending: Ending;
  readonly exitCode?: number | undefined;
  /** What the run showed of its version. */
  readonly counts?: readonly Effect[];
}

/** What follows from a run's end: the budget of the one who is answerable is counted, and the task ends or goes on. */
export const concluded = (
  task: Starting | Running,
  { ending: found, exitCode, counts = [] }: Conclusion,
  now: number,
): Step => {
  const ending = explained(task, found);
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
  if (final === undefined) return nextRun(counted, { verdict, counts }, now);
  return finished(task, counted, { ending, final, exitCode, counts }, now);
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

// A run that was RUNNING has been counted as a start then. A short one may stop before any sighting shows it running.
const countsOf = (
  from: Starting | Running,
  { task, ending }: { readonly task: Starting | Running; readonly ending: Ending },
  now: number,
): readonly Effect[] => {
  if (ending.verdict === 'succeeded') return count(task, { saw: 'success', at: now });
  if (task.phase === 'STARTING') {
    return ending.verdict === 'release'
      ? count(task, { saw: 'failedStart', at: now, why: ending.why })
      : [];
  }
  return from.phase === 'STARTING' ? count(task, { saw: 'start', at: now }) : [];
};

// A run that vanished while it ran counts as one that the platform reclaimed.
const isReclaimed = (task: Starting | Running, verdict: Ending['verdict']): boolean =>
  verdict === 'reclaimed' || (verdict === 'vanished' && task.phase === 'RUNNING');

// A run that was out of memory counts as an attempt. The first one is followed by one more run, also when the attempts are spent.
const budgetSpent = (task: Starting | Running, { verdict }: Ending): 'fail' | undefined => {
  const { spec } = task.release;
  const spent =
    (verdict === 'tool' && task.attempts >= spec.attempts) ||
    (verdict === 'outOfMemory' && !getsDoubleMemory(task) && task.attempts >= spec.attempts) ||
    (isReclaimed(task, verdict) && task.reclaims > spec.reclaims);
  return spent ? 'fail' : undefined;
};

// Where the tool asks for double memory and cannot have it, the run's record says why; the usual attempts go on.
const explained = (task: Starting | Running, ending: Ending): Ending => {
  if (ending.verdict !== 'outOfMemory') return ending;
  const fault = undoubled(task);
  return fault === undefined
    ? ending
    : { ...ending, why: `${ending.why} (its memory is not doubled: ${fault})` };
};

const nextRun = (
  task: Starting | Running,
  { verdict, counts }: { readonly verdict: Verdict; readonly counts: readonly Effect[] },
  now: number,
): Step => {
  const { runs, attempts, reclaims } = task;
  const kept = { runs, attempts, reclaims, more: counts };
  if (verdict === 'outOfMemory' && getsDoubleMemory(task)) {
    return requeued(task, { ...kept, memoryDoubled: true }, now);
  }
  const hold = holdAfter(task, runs, now);
  const delay = hold ? undefined : delayMs(task, verdict);
  const notBefore = delay === undefined ? undefined : now + delay;
  return requeued(task, { ...kept, hold, notBefore }, now);
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
  {
    ending,
    final,
    exitCode,
    counts = [],
  }: Conclusion & { readonly final: 'succeed' | 'fail' | 'cancel' },
  now: number,
): Step => {
  const { spec } = counted.release;
  // An unusable line may be followed by a better one: only a result ends the wait early.
  const waits = spec.result && final === 'succeed' && counted.result === undefined;
  const phase = { succeed: 'SUCCEEDED', fail: 'FAILED', cancel: 'CANCELLED' } as const;
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
      more: counts,
      resultUntil: waits ? now + resultMs : undefined,
    },
  );
};

const reasonOf = (task: Starting | Running, ending: Ending): string => {
  if (ending.final !== undefined) return ending.why;
  if (isReclaimed(task, ending.verdict))
    return `the platform reclaimed ${task.reclaims} runs, the last one: ${ending.why}`;
  const most = task.release.spec.attempts;
  return task.attempts > most
    ? `${ending.why} in one more run with double memory, after ${most} of ${most} attempts`
    : `${ending.why} in attempt ${task.attempts} of ${most}`;
};
