import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { present } from '../present.ts';
import type { Ended, Task } from '../task.ts';
import { isEnded } from '../task.ts';

/** The tool's result or its last lines were read from the log; a reply that waited for them may be sent. */
export const resultRead = (task: Task, fact: FactOf<'resultRead'>, now: number): Step => {
  if (!isEnded(task) || task.run !== fact.run) return ignored('that run has not ended the task');
  if (task.result !== undefined || task.logTail !== undefined)
    return ignored('the result was read already');
  if (fact.result === undefined && fact.logTail === undefined) return ignored('nothing was read');
  const next: Ended = { ...task, ...present({ result: fact.result, logTail: fact.logTail }) };
  const outbox = task.outbox.map((effect) => {
    if (effect.kind !== 'notify' || effect.notBefore === undefined) return effect;
    const { notBefore: _until, ...free } = effect;
    return free;
  });
  return moved({ ...task, outbox }, next, { now });
};
