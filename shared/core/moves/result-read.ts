import { type Effect, waitsForResult } from '../effect.ts';
import type { FactOf } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { present } from '../present.ts';
import type { CurrentTask, Ended, Said, Task } from '../task.ts';
import { isEnded } from '../task.ts';

/**
 * A line of the tool's log about its result was read. It counts only for the run that the row has now: what a replaced run prints is not the result of the next one. Of several results the one that was printed
 * last counts, until it was sent. A reply that waits for the result may be sent afterwards.
 */
export const resultRead = (task: Task, fact: FactOf<'resultRead'>, now: number): Step => {
  const of = taskOfRun(task, fact);
  if (typeof of === 'string') return ignored(of);
  const said = saidIn(of, fact, now);
  if (typeof said === 'string') return ignored(said);
  const { resultMissing: _why, ...rest } = of;
  const next = { ...rest, ...said };
  const outbox = task.outbox.map((effect) => (isHeld(effect, of) ? freed(effect) : effect));
  return moved({ ...task, outbox }, next, { now });
};

/** Whether a reply in the outbox still waits for the result of the row's run. */
export const isAwaited = (task: Pick<Task, 'outbox' | 'run'>): boolean =>
  task.outbox.some((effect) => isHeld(effect, task));

const taskOfRun = (task: Task, fact: FactOf<'resultRead'>): CurrentTask | Ended | string => {
  if (task.run !== fact.run) return `the row is about run ${task.run}, not ${fact.run}`;
  if (task.phase === 'QUEUED') return `run ${task.run} has not been launched`;
  if (task.phase === 'LAUNCHING') return task;
  const { ecsTaskArn } = fact;
  return ecsTaskArn === undefined || task.ecsTaskArn === ecsTaskArn
    ? task
    : `the ECS task of run ${task.run} is another one`;
};

/** What the row has to say of the result, or why nothing changes. */
const saidIn = (
  task: CurrentTask | Ended,
  fact: FactOf<'resultRead'>,
  now: number,
): Said | string => {
  const { result, missing, at: resultAt } = fact;
  if (result !== undefined) {
    return isLatest(task, resultAt)
      ? { result, ...present({ resultAt }) }
      : 'the result was read already';
  }
  if (missing === undefined) return 'nothing was read';
  if (task.result !== undefined) return 'the result was read already';
  // The reason of an early line does not end the wait of a reply: what the end of the log says does.
  const isFirst = task.resultMissing === undefined || isOverdue(task, now);
  return isFirst
    ? { resultMissing: missing, ...present({ resultAt }) }
    : 'the row says already why there is no result';
};

const isLatest = (task: CurrentTask | Ended, at: number | undefined): boolean => {
  if (task.result === undefined) return true;
  const isSent = isEnded(task) && !isAwaited(task);
  return !isSent && at !== undefined && at > (task.resultAt ?? 0);
};

const isHeld = (effect: Effect, { run }: Pick<Task, 'run'>): boolean =>
  waitsForResult(effect) && effect.run === run;

/** Whether a reply has waited for the result as long as it may. */
const isOverdue = (task: CurrentTask | Ended, now: number): boolean =>
  task.outbox
    .filter(waitsForResult)
    .some((effect) => isHeld(effect, task) && effect.notBefore <= now);

const freed = (effect: Effect): Effect => {
  if (effect.kind !== 'notify') return effect;
  const { notBefore: _until, ...free } = effect;
  return free;
};
