import { outboxDue } from '../due.ts';
import type { Effect } from '../effect.ts';
import type { Fact } from '../fact.ts';
import { ignored, moved, type Step } from '../move.ts';
import { troubleOf } from '../outbox.ts';
import type { Ended, OutboxTrouble, RepliesGivenUp, Task } from '../task.ts';
import { isEnded } from '../task.ts';
import { outboxAgainMs, outboxMs, replyMs, setbackMs, stopAgainMs } from '../times.ts';

type Of<K extends Fact['kind']> = Fact & { kind: K };

/** Consequences were carried out, or are replies that never can be, of which the row says so: they leave the outbox. */
export const carriedOut = (task: Task | undefined, fact: Of<'carriedOut'>, now: number): Step => {
  if (task === undefined) return ignored('there is no such task');
  const refused = fact.refused ?? [];
  const late = task.outbox.filter(isReply).filter(({ id }) => refused.some((one) => one.id === id));
  const gone = new Set([...fact.ids, ...late.map(({ id }) => id)]);
  const outbox = task.outbox.filter(({ id }) => !gone.has(id));
  if (outbox.length === task.outbox.length) return ignored('they have left the outbox already');
  const repliesGivenUp = givenUp(task, { late, failures: refused }, now);
  const next = repliesGivenUp === undefined ? task : { ...task, repliesGivenUp };
  return put(moved({ ...task, outbox }, next, { now }), troubled(outbox, fact.failures ?? []));
};

/** The sweep failed on this row: it waits a growing while, so that it does not starve others. */
export const deferred = (task: Task | undefined, fact: Of<'deferred'>, now: number): Step => {
  if (task === undefined) return ignored('there is no such task');
  if (fact.what === 'outbox') return outboxDeferred(task, fact.failures, now);
  if ((task.deferredUntil ?? 0) > now) return ignored('it is left alone already');
  const setbacks = task.setbacks + 1;
  const deferredUntil = now + Math.min(setbackMs(setbacks), mostMs(task));
  return put(moved(task, task, { now }), { setbacks, deferredUntil });
};

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
    if (effect.kind !== 'notify' || effect.notBefore === undefined) return effect;
    const { notBefore: _until, ...free } = effect;
    return free;
  });
  return moved({ ...task, outbox }, next, { now });
};

type Notify = Effect & { kind: 'notify' };

const isReply = (effect: Effect): effect is Notify =>
  effect.kind === 'notify' && effect.to === 'reply';

const givenUp = (
  task: Task,
  { late, failures }: { late: readonly Notify[]; failures: readonly OutboxTrouble[] },
  now: number,
): RepliesGivenUp | undefined => {
  const last = late.at(-1);
  if (last === undefined) return undefined;
  const said = failures.find(({ id }) => id === last.id)?.why ?? '';
  return {
    count: (task.repliesGivenUp?.count ?? 0) + late.length,
    what: last.what,
    queue: task.replyTo ?? '',
    why: troubleOf(said),
    at: now,
  };
};

type Put = Partial<Pick<Task, 'setbacks' | 'deferredUntil' | 'outboxSince' | 'outboxTrouble'>>;

const put = (step: Step, stamps: Put): Step =>
  step.kind === 'ignored' ? step : { ...step, task: { ...step.task, ...stamps } };

// The first of what failed and is still in the outbox: the row names one.
const troubled = (outbox: readonly Effect[], failures: readonly OutboxTrouble[]): Put => {
  const trouble = failures.find(({ id }) => outbox.some((effect) => effect.id === id));
  return trouble ? { outboxTrouble: { id: trouble.id, why: troubleOf(trouble.why) } } : {};
};

/**
 * What the outbox holds could not be carried out: it waits a growing while, and the row's own times do not. A reply that
 * failed for a day is given up: its queue takes none, and the row says so.
 */
const outboxDeferred = (task: Task, failures: readonly OutboxTrouble[], now: number): Step => {
  const due = outboxDue(task);
  if (due === undefined) return ignored('its outbox is empty');
  if (due.at > now) return ignored('it is left alone already');
  const hasFailed = ({ id }: Effect): boolean => failures.some((failure) => failure.id === id);
  const late = task.outbox.flatMap((effect) =>
    isLateReply(effect, now) && hasFailed(effect) ? [effect] : [],
  );
  const outbox = task.outbox.filter((effect) => !late.some(({ id }) => id === effect.id));
  const setbacks = task.setbacks + 1;
  const mostAgainMs = outbox.some(({ kind }) => kind === 'stop')
    ? stopAgainMs
    : Number.POSITIVE_INFINITY;
  const again = now + Math.min(outboxAgainMs(setbacks), mostAgainMs) - outboxMs;
  const repliesGivenUp = givenUp(task, { late, failures }, now);
  const next = repliesGivenUp === undefined ? task : { ...task, repliesGivenUp };
  return put(moved({ ...task, outbox }, next, { now }), {
    setbacks,
    outboxSince: outbox.length > 0 ? again : undefined,
    ...troubled(outbox, failures),
  });
};

const isLateReply = (effect: Effect, now: number): effect is Notify =>
  isReply(effect) && now >= effect.at + replyMs;

// A run that is being stopped is looked at each minute, whatever else goes wrong.
const mostMs = (task: Task): number =>
  'stopping' in task && task.stopping ? stopAgainMs : Number.POSITIVE_INFINITY;
