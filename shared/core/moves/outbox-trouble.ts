import type { Effect, EffectOf } from '../effect.ts';
import type { Step } from '../move.ts';
import { troubleOf } from '../outbox.ts';
import type { Task } from '../task.ts';
import type { OutboxTrouble } from '../task-parts.ts';

/** Stamps that a move sets otherwise than `moved` does. */
export type Stamps = Partial<
  Pick<Task, 'setbacks' | 'deferredUntil' | 'outboxSince' | 'outboxTrouble'>
>;

/** The move with these stamps in its row. */
export const withStamps = (step: Step, stamps: Stamps): Step =>
  step.kind === 'ignored' ? step : { ...step, task: { ...step.task, ...stamps } };

/** The trouble that the row names: the first failure whose effect is still in the outbox. */
export const troubleIn = (
  outbox: readonly Effect[],
  failures: readonly OutboxTrouble[] = [],
): Stamps => {
  const trouble = failures.find(({ id }) => outbox.some((effect) => effect.id === id));
  return trouble ? { outboxTrouble: { id: trouble.id, why: troubleOf(trouble.why) } } : {};
};

/**
 * The row with its note of the replies that were given up; the same row where `lost` is empty. A reply that told why the task waited
 * is counted and logged, and not noted: it says nothing any more, and the release before this one knows no such reply.
 */
export const withRepliesGivenUp = (
  task: Task,
  {
    lost,
    failures,
  }: {
    readonly lost: readonly EffectOf<'notify'>[];
    readonly failures: readonly OutboxTrouble[];
  },
  now: number,
): Task => {
  const noted = lost.flatMap(({ id, what }) => (what === 'waiting' ? [] : [{ id, what }]));
  const last = noted.at(-1);
  if (last === undefined) return task;
  const lastWhy = failures.find(({ id }) => id === last.id)?.why ?? '';
  return {
    ...task,
    repliesGivenUp: {
      count: (task.repliesGivenUp?.count ?? 0) + noted.length,
      what: last.what,
      queue: task.replyTo ?? '',
      why: troubleOf(lastWhy),
      at: now,
    },
  };
};
