import type { Effect } from '../core/effect.ts';
import type { Task } from '../core/task.ts';
import type { Broker, Bus, Clock, Meter, Runs, Sent, Tasks, Tell } from '../ports.ts';
import { advance } from './advance.ts';

/** What it takes to carry out the consequences of a move. */
export interface CarryOutPorts {
  readonly tasks: Tasks;
  readonly runs: Runs;
  readonly broker: Broker;
  readonly bus: Bus;
  readonly meter: Meter;
  readonly tell: Tell;
  readonly clock: Clock;
}

/**
 * Carries out what the row's outbox holds and takes from it just that. What fails stays: the row is due for it within a
 * minute, and the sweep does it. Never throws for a consequence, only when the row cannot be written.
 */
export const carryOut = async (ports: CarryOutPorts, task: Task): Promise<Task> => {
  const now = ports.clock.now();
  const ready = task.outbox.filter(
    (effect) => effect.kind !== 'tell' || (effect.notBefore ?? 0) <= now,
  );
  if (ready.length === 0) return task;
  const outcomes = await Promise.all(ready.map((effect) => attempt(ports, task, effect)));
  const ids = ready.filter((_, index) => outcomes[index] === true).map((effect) => effect.id);
  ports.meter('EffectsLeft', ready.length - ids.length);
  if (ids.length === 0) return task;
  const done = await advance(ports, task, { kind: 'carriedOut', ids });
  return done.kind === 'invalid' ? task : (done.task ?? task);
};

const attempt = async (ports: CarryOutPorts, task: Task, effect: Effect): Promise<boolean> => {
  const sent = await perform(ports, task, effect);
  if (sent.kind === 'sent') return true;
  const facts = { taskId: task.taskId, effect: effect.id };
  // Nobody has to listen to an event, and a reply queue may be gone with its publisher: telling it was enough.
  if (sent.kind === 'unroutable' && effect.kind === 'tell') {
    ports.tell('info', 'reply.unroutable', facts);
    return true;
  }
  const why = sent.kind === 'failed' ? sent.why : 'no queue took the message';
  ports.tell('warn', 'effect.failed', { ...facts, why });
  return false;
};

const perform = (ports: CarryOutPorts, task: Task, effect: Effect): Promise<Sent> => {
  switch (effect.kind) {
    case 'doorbell':
      return ports.broker.ring(task.taskId, effect.run);
    case 'dead':
      return ports.broker.bury(task, effect);
    case 'stop':
      return stopRun(ports.runs, effect);
    case 'tell':
      return tellOne(ports, task, effect);
    case 'free':
      return Promise.resolve({ kind: 'failed', why: 'this version knows no limits yet' });
  }
};

const tellOne = (
  { broker, bus }: CarryOutPorts,
  task: Task,
  effect: Effect & { kind: 'tell' },
): Promise<Sent> => {
  switch (effect.to) {
    case 'event':
      return broker.announce(task, effect);
    case 'reply':
      return broker.reply(task, effect);
    case 'bus':
      return bus.put(task, effect);
  }
};

const stopRun = async (runs: Runs, effect: Effect & { kind: 'stop' }): Promise<Sent> => {
  try {
    await runs.stop(effect.ecsTaskArn, effect.why);
    return { kind: 'sent' };
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
};
