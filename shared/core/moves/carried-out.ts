import { isReply } from '../effect.ts';
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
  return withStamps(moved({ ...task, outbox }, next, { now }), troubleIn(outbox, fact.failures));
};
