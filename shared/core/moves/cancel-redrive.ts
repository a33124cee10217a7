import { commonOf, remainsOf } from '../carry-over.ts';
import type { FactOf } from '../fact.ts';
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
      { now, place: task.place },
    );
  }
  return stopFor(task, { why: 'cancel', reason }, now);
};

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

/** An operator runs a failed or rejected task again: with new budgets, the next run number and today's version. */
export const redriveAsked = (task: Task, fact: FactOf<'redriveAsked'>, now: number): Step => {
  if (task.phase !== 'FAILED' && task.phase !== 'REJECTED') {
    return ignored(`only FAILED and REJECTED tasks are redriven, and this one is ${task.phase}`);
  }
  if (isOutboxFull(task)) return ignored('the effects in its outbox must be carried out first');
  const next = redriven(task, fact, now);
  if (typeof next === 'string') return ignored(next);
  // One that waits for its notBefore is rung then.
  const rings = next.rungAt === undefined ? [] : [doorbell(next)];
  const events = notify(next, 'requeued', { now, revision: task.revision });
  return moved(task, next, { now, effects: [...rings, ...events] });
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
  const request = fact.submission?.request;
  const fault = request && notBeforeFault(request, now);
  if (fault !== undefined) return fault;
  const notBefore = delayOf({ notBefore: request?.notBefore ?? task.askedNotBefore }, now);
  const budget = { attempts: 0, reclaims: 0, run: task.run + 1, queuedAt: now };
  const queue = { phase: 'QUEUED' as const, memoryDoubled: false };
  const rung = notBefore === undefined ? { rings: 1, rungAt: now } : { rings: 0, notBefore };
  const asked = request ? askedOf(request) : {};
  const startBy = firstStartBy(notBefore ?? now, fact.startWithinMs);
  return { ...commonOf(task), ...asked, ...budget, ...queue, ...rung, tool, payload, ...startBy };
};
