import { type Effect, type EffectOf, isPaced, isReply, tellsOfLog } from '../core/effect.ts';
import { errorMessage } from '../core/error-message.ts';
import { termsOfRun } from '../core/limit-of-task.ts';
import { unexplainedRun } from '../core/log-end.ts';
import { troubleOf } from '../core/outbox.ts';
import type { Task } from '../core/task.ts';
import type { OutboxTrouble } from '../core/task-parts.ts';
import { NotAsked } from '../core/unreachable.ts';
import type { Runs } from '../ports/runs.ts';
import type { Versions } from '../ports/versions.ts';
import type { Broker, Bus, Clock, Log, Logs, Meter, Sent, Tasks } from '../ports.ts';
import { advance } from './advance.ts';
import { countRun } from './count-run.ts';
import type { Places } from './places.ts';

/** What it takes to carry out the effects of a move. */
export interface CarryOutPorts {
  readonly tasks: Tasks;
  readonly runs: Runs;
  readonly broker: Broker;
  readonly bus: Bus;
  readonly places: Places;
  readonly versions: Versions;
  readonly meter: Meter;
  readonly log: Log;
  readonly clock: Clock;
  /** Where the function may read the tools' logs. */
  readonly logs?: Logs;
  /**
   * Set by a caller that must not wait for the broker: only stops and freed places are carried out at once, and a row with
   * more effects is passed to this function.
   */
  readonly postpone?: (task: Task) => void;
}

/** The row afterwards, and the effects that failed. */
export interface Tried {
  readonly task: Task;
  readonly failures: readonly OutboxTrouble[];
}

/**
 * Carries out the effects in the row's outbox and removes them from it. An effect that fails stays: the row is due for it
 * within a minute, and the sweep tries again. Events that tell of last lines which were not read yet stay for the sweep as well.
 * Throws only when the row cannot be written, never for an effect.
 */
export const carryOut = async (ports: CarryOutPorts, task: Task): Promise<Task> =>
  (await tryOutbox(ports, task, (effect) => isUnread(ports, task, effect))).task;

/** Carries out what a move has added, and not what was in the outbox before: whoever put that there is at it, or the sweep. */
export const carryOutAdded = async (
  ports: CarryOutPorts,
  { task, from }: { readonly task: Task; readonly from: Task | undefined },
): Promise<void> => {
  const old = new Set(from?.outbox.map(({ id }) => id));
  const isHeld = (effect: Effect) => old.has(effect.id) || isUnread(ports, task, effect);
  await tryOutbox(ports, task, isHeld);
};

/** As `carryOut`, with what failed. Effects that are held are not tried, and stay. */
export const tryOutbox = async (
  ports: CarryOutPorts,
  task: Task,
  isHeld: (effect: Effect) => boolean = () => false,
): Promise<Tried> => {
  const now = ports.clock.now();
  const ready = task.outbox.filter(
    (effect) => !isHeld(effect) && (effect.kind !== 'notify' || (effect.notBefore ?? 0) <= now),
  );
  const own = ports.postpone
    ? ready.filter(({ kind }) => kind === 'stop' || kind === 'free')
    : ready;
  const tried = await tryEach(ports, task, own);
  if (ports.postpone && own.length < ready.length) ports.postpone(tried.task);
  return tried;
};

/** Counts and logs the replies that failed like this, and that the move has given up. */
export const logGivenUp = (
  ports: Pick<CarryOutPorts, 'meter' | 'log'>,
  { from, task }: { readonly from: Task | undefined; readonly task: Task },
  failures: readonly OutboxTrouble[],
): void => {
  const left = new Set(task.outbox.map(({ id }) => id));
  const lost = (from?.outbox ?? []).filter(isReply).flatMap(({ id, what }) => {
    const failure = failures.find((one) => one.id === id);
    return failure === undefined || left.has(id) ? [] : [{ what, why: troubleOf(failure.why) }];
  });
  const last = lost.at(-1);
  if (last === undefined) return;
  ports.meter('RepliesGivenUp', lost.length);
  ports.log('error', 'reply.givenUp', { taskId: task.taskId, queue: task.replyTo, ...last });
};

// What is postponed is carried out by a function that reads the lines first.
const isUnread = ({ postpone }: CarryOutPorts, task: Task, effect: Effect): boolean =>
  postpone === undefined && tellsOfLog(effect) && unexplainedRun(task) !== undefined;

const tryEach = async (
  ports: CarryOutPorts,
  task: Task,
  effects: readonly Effect[],
): Promise<Tried> => {
  if (effects.length === 0) return { task, failures: [] };
  const tried = await Promise.all(
    effects.map(async (effect) => ({ id: effect.id, ...(await attempt(ports, task, effect)) })),
  );
  const whysOf = (kind: 'left' | 'refused') =>
    tried.flatMap(({ id, why, ...one }) => (one.kind === kind && why ? [{ id, why }] : []));
  const ids = tried.filter(({ kind }) => kind === 'done').map(({ id }) => id);
  const failures = whysOf('left');
  const refused = whysOf('refused');
  ports.meter('EffectsLeft', failures.length);
  if (ids.length === 0 && refused.length === 0) return { task, failures };
  const done = await advance(ports, task, { kind: 'carriedOut', ids, refused, failures });
  if (done.kind === 'moved') logGivenUp(ports, done, refused);
  return { task: done.kind === 'invalid' ? task : (done.task ?? task), failures };
};

/** The outcome of one effect. `refused`: it is a reply that can never be sent. */
interface Attempt {
  readonly kind: 'done' | 'left' | 'refused';
  readonly why?: string;
}

const attempt = async (ports: CarryOutPorts, task: Task, effect: Effect): Promise<Attempt> => {
  const sent = await perform(ports, task, effect);
  if (sent.kind === 'sent') return { kind: 'done' };
  if (sent.kind === 'refused' && isReply(effect)) return sent;
  const facts = { taskId: task.taskId, effect: effect.id };
  // An event needs no listener, and a reply queue may have ended with its publisher: to publish is enough.
  if (sent.kind === 'unroutable' && effect.kind === 'notify') {
    ports.log('info', 'reply.unroutable', facts);
    return { kind: 'done' };
  }
  const why = sent.kind === 'unroutable' ? 'no queue took the message' : sent.why;
  // The circuit has logged already that the peer is silent.
  const wasLogged = sent.kind === 'failed' && sent.isSkipped === true;
  if (!wasLogged) ports.log('warn', 'effect.failed', { ...facts, why });
  return { kind: 'left', why };
};

const perform = (ports: CarryOutPorts, task: Task, effect: Effect): Promise<Sent> => {
  switch (effect.kind) {
    case 'doorbell':
      return ports.broker.ring(task.taskId, effect.run);
    case 'dead':
      return ports.broker.bury(task, effect);
    case 'stop':
      return stopRun(ports.runs, effect);
    case 'notify':
      return sendEvent(ports, task, effect);
    case 'count':
      return countRun(ports, task.taskId, effect);
    case 'free':
      return freePlace(ports.places, task, effect);
  }
};

const freePlace = async (places: Places, task: Task, effect: EffectOf<'free'>): Promise<Sent> => {
  try {
    const { limit, run } = effect;
    await places.free(limit, { ...task, run }, termsOfRun(limit, task));
    return { kind: 'sent' };
  } catch (error) {
    return { kind: 'failed', why: errorMessage(error) };
  }
};

const stopRun = async (runs: Runs, effect: EffectOf<'stop'>): Promise<Sent> => {
  try {
    await runs.stop(effect.ecsTaskArn, effect.why);
    return { kind: 'sent' };
  } catch (error) {
    const why = errorMessage(error);
    return error instanceof NotAsked
      ? { kind: 'failed', why, isSkipped: true }
      : { kind: 'failed', why };
  }
};

const sendEvent = (
  { broker, bus }: CarryOutPorts,
  task: Task,
  noted: EffectOf<'notify'>,
): Promise<Sent> => {
  // Another event may have gone out since the row got this one: readers leave out what has a lower number.
  const effect = isPaced(noted) ? { ...noted, sequence: task.revision } : noted;
  switch (effect.to) {
    case 'event':
      return broker.announce(task, effect);
    case 'reply':
      return broker.reply(task, effect);
    case 'bus':
      return bus.put(task, effect);
  }
};
