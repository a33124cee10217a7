import { launchableOf } from '../carry-over.ts';
import { type Effect, isPaced } from '../effect.ts';
import { deploymentGate, placementsGate, versionGate } from '../gate-names.ts';
import { doorbell, free, notify, type Step, type Unstamped } from '../move.ts';
import { placementsInTurn } from '../next-placement.ts';
import { present } from '../present.ts';
import type { RunRecord, Verdict } from '../run-record.ts';
import { inARow } from '../run-record.ts';
import type { CurrentTask, Queued } from '../task.ts';
import type { Hold } from '../task-parts.ts';
import { clockTime, repairMs } from '../times.ts';
import { movedToHold } from './moved-to-hold.ts';

/**
 * How a task goes back to the queue: its counts, and what its next run waits for. With neither `hold` nor `notBefore` its
 * doorbell is rung at once.
 */
export interface Requeue {
  readonly runs: readonly RunRecord[];
  readonly attempts?: number;
  readonly reclaims?: number;
  readonly memoryDoubled?: boolean;
  /** Effects besides those of every requeue. */
  readonly more?: readonly Effect[];
  readonly hold?: Hold | undefined;
  readonly notBefore?: number | undefined;
}

/** The task is QUEUED for its next run: its place is freed, and an event says so. */
export const requeued = (
  task: CurrentTask,
  { hold, notBefore, more = [], ...counts }: Requeue,
  now: number,
): Step => {
  const atOnce = hold === undefined && notBefore === undefined;
  const next: Unstamped<Queued> = {
    ...launchableOf(task),
    ...countsOf(task, counts),
    phase: 'QUEUED',
    run: task.run + 1,
    startBy: startByOf(task, counts.runs, notBefore ?? now),
    rings: atOnce ? 1 : 0,
    ...present({ rungAt: atOnce ? now : undefined, hold, notBefore }),
  };
  const last = counts.runs.at(-1);
  const body = {
    run: next.run,
    attempts: next.attempts,
    tenant: task.tenant,
    tool: task.tool,
    version: task.release.version,
    placement: task.placement,
    ...present({ exitCode: last?.exitCode, reason: last?.why }),
  };
  const effects = [
    ...(task.place === undefined ? [] : [free(task, task.place)]),
    ...more,
    ...(atOnce ? [doorbell(next)] : []),
    ...notify(next, 'requeued', { now, revision: task.revision, body }),
  ];
  // A run may have stopped before any sighting showed it running: what was still to be told of the wait before it has no use.
  const outbox =
    task.phase === 'RUNNING' ? task.outbox.filter((effect) => !isPaced(effect)) : task.outbox;
  return movedToHold({ ...task, outbox }, next, { now, effects });
};

/** What the next run waits for after a run that failed because of capacity, the release or the deployment. */
export const holdAfter = (
  task: CurrentTask,
  runs: readonly RunRecord[],
  now: number,
): Hold | undefined => {
  // Runs before a redrive do not count.
  const recent = runs.filter(({ endedAt }) => endedAt >= task.queuedAt);
  const last = recent.at(-1);
  switch (last?.verdict) {
    case 'capacity': {
      // The next placement of the list is tried at once, if dispatch finds it open. After a round of the list the task waits.
      const list = placementsInTurn(task, task.release.spec);
      if (inARow(recent, 'capacity') % list.length !== 0) return undefined;
      const why = `${last.placement}: no capacity since ${clockTime(closedSince(recent, last))} (${last.why})`;
      return { by: placementsGate(list), why, since: now };
    }
    case 'release': {
      const opensAt = now + repairMs(inARow(recent, 'release'));
      const why = `${task.tool} ${last.version} cannot be started (${last.why})`;
      return {
        by: versionGate(task.tool, last.version),
        cause: 'cannotStart',
        why,
        since: now,
        opensAt,
      };
    }
    case 'deployment': {
      const why = `the deployment cannot launch anything (${last.why})`;
      return { by: deploymentGate, why, since: now };
    }
    default:
      return undefined;
  }
};

const countsOf = (
  task: CurrentTask,
  counts: Requeue,
): Omit<Requeue, 'hold' | 'notBefore' | 'more'> => ({
  runs: counts.runs,
  attempts: counts.attempts ?? task.attempts,
  reclaims: counts.reclaims ?? task.reclaims,
  memoryDoubled: counts.memoryDoubled ?? task.memoryDoubled,
});

// Each of these spends a budget, so that no task waits again without end.
const spending: ReadonlySet<Verdict> = new Set(['tool', 'outOfMemory', 'reclaimed', 'vanished']);

// `startWithin` limits the wait until a task runs: a task that ran, and spent a budget for it, may wait again.
const startByOf = (task: CurrentTask, runs: readonly RunRecord[], from: number): number => {
  const verdict = runs.at(-1)?.verdict;
  const hasSpent = task.phase === 'RUNNING' && verdict !== undefined && spending.has(verdict);
  return hasSpent ? from + task.release.spec.startWithinMs : task.startBy;
};

// When the placement refused first in the latest series of refusals.
const closedSince = (runs: readonly RunRecord[], last: RunRecord): number =>
  runs.slice(-inARow(runs, last.verdict)).find(({ placement }) => placement === last.placement)
    ?.endedAt ?? last.endedAt;
