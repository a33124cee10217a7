import type { Fact } from '../../shared/core/fact.ts';
import { step } from '../../shared/core/step.ts';
import type { Queued, Task } from '../../shared/core/task.ts';

/** The row that this fact makes of another. Throws when it changes nothing. */
export const movedBy = (task: Task | undefined, fact: Fact, now: number): Task => {
  const answer = step(task, fact, now);
  if (answer.kind === 'ignored') throw new Error(`${fact.kind} was ignored: ${answer.why}`);
  return answer.task;
};

/** Why this fact changes nothing. Throws when it does. */
export const ignoredBy = (task: Task | undefined, fact: Fact, now: number): string => {
  const answer = step(task, fact, now);
  if (answer.kind === 'moved') throw new Error(`${fact.kind} made the row ${answer.task.phase}`);
  return answer.why;
};

/** The kinds of effects that a row still holds; for events, what they announce and to whom. */
export const outboxOf = (task: Task): readonly string[] =>
  task.outbox.map((effect) => {
    if (effect.kind === 'count') return `count.${effect.saw}`;
    return effect.kind === 'notify' ? `${effect.to}.${effect.what}` : effect.kind;
  });

/** A row that waits for a launch, as its own type. */
export const asQueued = (task: Task): Queued => {
  if (task.phase !== 'QUEUED') throw new Error(`the row is ${task.phase}, not QUEUED`);
  return task;
};
