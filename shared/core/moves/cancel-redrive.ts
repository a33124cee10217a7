import { commonOf, remainsOf } from '../carry-over.ts';
import type { FactOf } from '../fact.ts';
import { limitOfHold } from '../limit-name.ts';
import {
  doorbell,
  ended,
  ignored,
  moved,
  notify,
  type Step,
  stop,
  type Unstamped,
} from '../move.ts';
import { delayOf, notBeforeFault } from '../not-before.ts';
import { isOutboxFull } from '../outbox.ts';
import { askedOf } from '../parts.ts';
import { present } from '../present.ts';
import { firstStartBy } from '../start-by.ts';
import type { CurrentTask, Ended, Queued, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { newTask } from './submitted.ts';

/**
 * An operator or the publisher cancels the task. A task with a current run is CANCELLED only once ECS shows its container
 * stopped.
 */
export const cancelAsked = (
  task: Task | undefined,
  fact: FactOf<'cancelAsked'>,
  now: number,
): Step => {
  const reason = fact.reason ?? 'cancelled';
  if (task === undefined) return tombstone(fact, now);
  if (isEnded(task)) return ignored(`the task has ended ${task.phase}`);
  if (task.phase === 'QUEUED') {
    return ended(
      task,
      { ...remainsOf(task), phase: 'CANCELLED', outcome: 'cancelled', endedAt: now, reason },
      { now, place: task.place ?? reservedAt(task) },
    );
  }
  return stopFor(task, { why: 'cancel', reason }, now);
};

/** A task that waits for a limit may have a reserved place, and nothing else gives that up. */
const reservedAt = ({ hold }: Queued): string | undefined => hold && limitOfHold(hold.by)?.name;

/** Marks the current run as being stopped, and asks ECS to stop it where ECS has accepted it. */
export const stopFor = (
  task: CurrentTask,
  wish: {
    readonly why: 'cancel' | 'timeout' | 'startTimeout' | 'startWithin';
    readonly reason: string;
  },
  now: number,
): Step => {
  const { why, reason } = wish;
  const { stopping } = task;
  // A run that is stopped for another reason may end otherwise, and the task is queued again. A cancel prevents that.
  if (stopping && (why !== 'cancel' || stopping.why === 'cancel')) {
    return ignored(`run ${task.run} is being stopped already (${stopping.why})`);
  }
  const next = { ...task, stopping: { why, reason, at: now, askedAt: now } };
  const effects = task.phase === 'LAUNCHING' ? [] : [stop(task, task.ecsTaskArn, reason)];
  return moved(task, next, { now, effects });
};

/**
 * A failed or rejected task is run again: with new budgets and the next run number. Its version is chosen anew, unless the
 * same one is asked for.
 */
export const redriveAsked = (task: Task, fact: FactOf<'redriveAsked'>, now: number): Step => {
  if (task.phase !== 'FAILED' && task.phase !== 'REJECTED') {
    return ignored(`only FAILED and REJECTED tasks are redriven, and this one is ${task.phase}`);
  }
  if (fact.run !== undefined && fact.run !== task.run) {
    return ignored(`run ${fact.run} was to be redriven, and its last one is run ${task.run}`);
  }
  if (isOutboxFull(task)) return ignored('the effects in its outbox must be carried out first');
  const next = redriven(task, fact, now);
  if (typeof next === 'string') return ignored(next);
  // One that waits for its notBefore is rung then, and one of many by the sweep.
  const events = notify(next, 'requeued', { now, revision: task.revision });
  const effects = next.rungAt === undefined ? events : [doorbell(next), ...events];
  return moved(task, next, { now, effects });
};

// The cancel came before the task's message: this row waits for the message (submitted.ts).
const tombstone = (fact: FactOf<'cancelAsked'>, now: number): Step => {
  const reason = fact.reason ?? 'cancelled before it was delivered';
  const next = {
    ...newTask({ taskId: fact.taskId, digest: '', payloadBytes: 0, priority: 0 }, now),
    phase: 'CANCELLED' as const,
    outcome: 'cancelled',
    endedAt: now,
    reason,
    tombstone: true as const,
  };
  return moved(undefined, next, { now });
};

const redriven = (
  task: Ended,
  fact: FactOf<'redriveAsked'>,
  now: number,
): Unstamped<Queued> | string => {
  const payload = fact.submission?.payload ?? task.payload;
  const tool = fact.submission?.request.tool ?? task.tool;
  if (payload === undefined)
    return 'its body was too large to be stored: put its input into S3, and publish it under a new message_id';
  if (tool === undefined) return `it still cannot be a task: ${task.reason ?? task.outcome}`;
  const release = fact.sameVersion ? task.release : undefined;
  if (fact.sameVersion && release === undefined)
    return 'it was never launched, so it has no version to keep: redrive it without the same version';
  const first = firstRingOf(task, fact, now);
  if (typeof first === 'string') return first;
  const budget = { attempts: 0, reclaims: 0, run: task.run + 1, queuedAt: now };
  const queue = { phase: 'QUEUED' as const, ...first, memoryDoubled: false };
  const asked = fact.submission ? askedOf(fact.submission.request) : {};
  const waitsFrom = first.notBefore ?? now;
  const startBy = firstStartBy(waitsFrom, release?.spec.startWithinMs ?? fact.startWithinMs);
  const kept = present({ release });
  return { ...commonOf(task), ...asked, ...budget, ...queue, ...kept, tool, payload, ...startBy };
};

/** When the next run is rung for: at once, by the sweep as one of many, or at the `notBefore` of the message. */
const firstRingOf = (
  task: Ended,
  { submission, rungLater }: FactOf<'redriveAsked'>,
  now: number,
): Pick<Queued, 'rings' | 'rungAt' | 'notBefore'> | string => {
  const asked = submission?.request ?? present({ notBefore: task.askedNotBefore });
  const notBefore = delayOf(asked, now);
  if (notBefore !== undefined) return notBeforeFault(asked, now) ?? { rings: 0, notBefore };
  return rungLater ? { rings: 0 } : { rings: 1, rungAt: now };
};
