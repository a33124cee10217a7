import { type Effect, isReply } from '../effect.ts';
import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import type { Task } from '../task.ts';
import { troubleIn, withRepliesGivenUp, withStamps } from './outbox-trouble.ts';

/**
 * Effects leave the outbox: they were carried out, or they are replies that can never be sent. The row keeps a note of
 * such replies.
 */
export const carriedOut = (task: Task, fact: FactOf<'carriedOut'>, now: number): Step => {
  const refused = fact.refused ?? [];
  const lost = task.outbox.filter(isReply).filter(({ id }) => refused.some((one) => one.id === id));
  const gone = new Set([...fact.ids, ...lost.map(({ id }) => id)]);
  const outbox = task.outbox.filter(({ id }) => !gone.has(id));
  if (outbox.length === task.outbox.length) return ignored('they have left the outbox already');
  const next = withRepliesGivenUp(task, { lost, failures: refused }, now);
  const done = task.outbox.filter(({ id }) => gone.has(id));
  const asked = askedToStop(next, done, now);
  return withStamps(moved({ ...task, outbox }, asked, { now }), troubleIn(outbox, fact.failures));
};

// A stop may have waited for ECS's pace: it is repeated a minute after the call, and not after the decision.
const askedToStop = (task: Task, done: readonly Effect[], now: number): Task =>
  (task.phase === 'STARTING' || task.phase === 'RUNNING') &&
  task.stopping !== undefined &&
  done.some((effect) => effect.kind === 'stop' && effect.ecsTaskArn === task.ecsTaskArn)
    ? { ...task, stopping: { ...task.stopping, askedAt: now } }
    : task;
