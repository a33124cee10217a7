import { commonOf } from '../carry-over.ts';
import type { FactOf } from '../fact.ts';
import { ended, ignored, moved, notify, type Step } from '../move.ts';
import { delayOf, notBeforeFault } from '../not-before.ts';
import { askedOf } from '../parts.ts';
import { present } from '../present.ts';
import type { Envelope, Submission } from '../request.ts';
import { firstStartBy } from '../start-by.ts';
import type { Common, Ended, Task } from '../task.ts';
import { isTombstone } from '../task.ts';

/** A task message was delivered. It makes a row; the row of a cancel that came first takes its properties over. */
export const submitted = (task: Task | undefined, fact: FactOf<'submitted'>, now: number): Step => {
  const { submission, startWithinMs } = fact;
  if (task !== undefined) {
    return isTombstone(task)
      ? takenOver(task, submission, now)
      : ignored('the task has a row already');
  }
  const notBefore = delayOf(submission.request, now);
  const next = {
    ...newTask(submission, now),
    ...firstStartBy(notBefore ?? now, startWithinMs),
    ...askedOf(submission.request),
    phase: 'QUEUED' as const,
    tool: submission.request.tool,
    payload: submission.payload,
    memoryDoubled: false,
    rings: 0,
    ...present({ notBefore }),
  };
  return moved(undefined, next, { now });
};

/** A message was delivered that cannot be a task. */
export const rejected = (task: Task | undefined, fact: FactOf<'rejected'>, now: number): Step => {
  if (task !== undefined) return ignored('the message has a row already');
  const { rejection } = fact;
  return ended(
    undefined,
    {
      ...newTask(rejection, now),
      ...present({ payload: rejection.payload, tool: rejection.tool }),
      phase: 'REJECTED',
      outcome: 'rejected',
      endedAt: now,
      reason: rejection.reason,
    },
    { now },
  );
};

/** A new row, before it has a phase. */
export const newTask = (
  from: Omit<Envelope, 'strangerId'>,
  now: number,
): Omit<Common, 'outboxSince' | 'deferredUntil'> => ({
  taskId: from.taskId,
  digest: from.digest,
  payloadBytes: from.payloadBytes,
  tenant: 'default',
  priority: from.priority,
  run: 1,
  attempts: 0,
  reclaims: 0,
  runs: [],
  createdAt: now,
  queuedAt: now,
  updatedAt: now,
  startBy: now,
  revision: 0,
  outbox: [],
  setbacks: 0,
  ...propertiesOf(from),
});

const propertiesOf = ({
  replyTo,
  correlationId,
  messageProperties,
}: Pick<Envelope, 'replyTo' | 'correlationId' | 'messageProperties'>) =>
  present({ replyTo, correlationId, messageProperties });

const takenOver = (task: Ended, { request, ...from }: Submission, now: number): Step => {
  const { notBefore, ...asked } = request;
  // A message that is not launched may ask for a time that no row may have.
  const isFar = notBeforeFault(request, now) !== undefined;
  const next: Ended = {
    ...task,
    ...commonOf(task),
    ...askedOf({ ...asked, ...present({ notBefore: isFar ? undefined : notBefore }) }),
    tool: request.tool,
    digest: from.digest,
    payload: from.payload,
    payloadBytes: from.payloadBytes,
    ...propertiesOf(from),
  };
  return moved(task, next, {
    now,
    effects: notify(next, 'cancelled', { now, revision: task.revision }),
  });
};
