import { outboxDue } from '../due.ts';
import type { Fact } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import type { Ended, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { outboxAgainMs, outboxMs, setbackMs, stopAgainMs } from '../times.ts';

type Of<K extends Fact['kind']> = Fact & { kind: K };

/** Consequences were carried out: they leave the outbox. */
export const carriedOut = (task: Task | undefined, fact: Of<'carriedOut'>, now: number): Step => {
  if (task === undefined) return ignored('there is no such task');
  const outbox = task.outbox.filter((effect) => !fact.ids.includes(effect.id));
  if (outbox.length === task.outbox.length) return ignored('they have left the outbox already');
  return moved({ ...task, outbox }, task, { now });
};

/**
 * The sweep failed on this row, or on what its outbox holds: that waits a growing while, so that it does not starve
 * others. An outbox that waits does not move the row's own times.
 */
export const deferred = (task: Task | undefined, fact: Of<'deferred'>, now: number): Step => {
  if (task === undefined) return ignored('there is no such task');
  const until = fact.what === 'row' ? task.deferredUntil : outboxDue(task, '')?.at;
  if (fact.what === 'outbox' && until === undefined) return ignored('its outbox is empty');
  if ((until ?? 0) > now) return ignored('it is left alone already');
  const setbacks = task.setbacks + 1;
  const step = moved(task, task, { now });
  if (step.kind === 'ignored') return step;
  const wait =
    fact.what === 'row'
      ? { deferredUntil: now + Math.min(setbackMs(setbacks), mostMs(task)) }
      : { outboxSince: now + outboxAgainMs(setbacks) - outboxMs };
  return { ...step, task: { ...step.task, setbacks, ...wait } };
};

// A run that is being stopped is looked at each minute, whatever else goes wrong.
const mostMs = (task: Task): number =>
  'stopping' in task && task.stopping ? stopAgainMs : Number.POSITIVE_INFINITY;

/** The tool's result or its last lines were read from the log; a reply that waited for them may go. */
export const resultRead = (task: Task | undefined, fact: Of<'resultRead'>, now: number): Step => {
  if (task === undefined) return ignored('there is no such task');
  if (!isEnded(task) || task.run !== fact.run) return ignored('that run has not ended the task');
  if (task.result !== undefined || task.logTail !== undefined)
    return ignored('it was read already');
  if (fact.result === undefined && fact.logTail === undefined) return ignored('nothing was read');
  const next: Ended = {
    ...task,
    ...(fact.result === undefined ? {} : { result: fact.result }),
    ...(fact.logTail === undefined ? {} : { logTail: fact.logTail }),
  };
  const outbox = task.outbox.map((effect) => {
    if (effect.kind !== 'tell' || effect.notBefore === undefined) return effect;
    const { notBefore: _until, ...free } = effect;
    return free;
  });
  return moved({ ...task, outbox }, next, { now });
};
