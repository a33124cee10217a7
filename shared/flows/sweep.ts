import { due, outboxDue } from '../core/due.ts';
import type { Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { stopOverdueMs } from '../core/times.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { compare } from './compare.ts';
import { lookForRun, type SendPorts, sendOrder, tokenAnswers } from './launch.ts';
import { lookAtDue, lookAtEach, type Round } from './look.ts';
import { tellSeen } from './settle.ts';

/** Rows that one sweep looks at: a run's first doorbell is always among them, and a sweep must end before the next. */
const mostActs = 1_000;
const mostRings = 1_200;
/** After this no row is begun, ten seconds before its calls are broken off: what is cut short is neither told nor counted. */
const sweepMs = 40_000;
/** With more ready messages than this, a doorbell that nobody answered is most likely only behind them. */
const fewMessages = 100;

/**
 * Looks at every row that is due, and at the table and the cluster against each other. One row's failure is that row's;
 * and the parts go on side by side, so that an ECS that hangs keeps no doorbell from being rung, nor a broker a comparison.
 */
export const sweep = async (ports: SendPorts, signal?: AbortSignal): Promise<void> => {
  const now = ports.clock.now();
  const isOver = () => signal?.aborted === true || ports.clock.now() >= now + sweepMs;
  const round = { now, isOver };
  if (isOver()) return;
  const parts = await Promise.allSettled([
    actOnAll(ports, round),
    ringAll(ports, round),
    compare(ports, isOver),
  ]);
  const faults = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  if (faults.length > 0) throw faultOf(faults);
};

const faultOf = (faults: readonly unknown[]): Error => {
  const each = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault)));
  return new Error(`${faults.length} of the 3 parts of a sweep failed: ${each.join('; ')}`, {
    cause: faults[0],
  });
};

const actOnAll = async (ports: SendPorts, round: Round): Promise<void> => {
  let lagMs = 0;
  await lookAtDue(ports, { ...round, kind: 'act', most: mostActs }, (task) => {
    lagMs = Math.max(lagMs, ports.clock.now() - (due(task)?.at ?? Number.POSITIVE_INFINITY));
    return act(ports, task);
  });
  ports.meter('SweepLagMs', lagMs);
};

const ringAll = async (ports: SendPorts, round: Round): Promise<void> => {
  await lookAtDue(ports, { ...round, kind: 'ring', most: mostRings }, (task) => ring(ports, task));
  await ringAgain(ports, round);
};

const act = async (ports: SendPorts, found: Task): Promise<unknown> => {
  const task = await emptied(ports, found);
  if (isEnded(task)) return task;
  noteOverdue(ports, task);
  if (task.phase !== 'LAUNCHING') return pass(ports, await looked(ports, task));
  const now = ports.clock.now();
  const asked = await (tokenAnswers(task, now)
    ? sendOrder(ports, task, 'again')
    : lookForRun(ports, task));
  // Past its time it is judged only now: ECS may have had it all the time, and it may even run.
  return now < task.startBy ? asked : pass(ports, await looked(ports, asked));
};

/** The row after its outbox was tried; what is left waits a growing while: there may be many such rows while a broker is away. */
const emptied = async (ports: SendPorts, found: Task): Promise<Task> => {
  const task = await carryOut(ports, found);
  const left = outboxDue(task, '');
  if (!left || left.at > ports.clock.now()) return task;
  const why = `${task.outbox.length} consequences could not be carried out`;
  ports.meter('SweepSetbacks');
  ports.tell('warn', 'sweep.setback', { taskId: task.taskId, why });
  const told = await advance(ports, task, { kind: 'deferred', what: 'outbox', why });
  return told.kind === 'invalid' ? task : (told.task ?? task);
};

const pass = async (ports: SendPorts, task: Task): Promise<void> => {
  const told = await advance(ports, task, { kind: 'timePassed' });
  if (told.kind === 'moved') await carryOut(ports, told.task);
};

const noteOverdue = ({ meter, tell, clock }: SendPorts, task: Task): void => {
  if (!('stopping' in task) || !task.stopping) return;
  if (clock.now() < task.stopping.at + stopOverdueMs) return;
  meter('StopsOverdue');
  tell('error', 'run.stopOverdue', { taskId: task.taskId, run: task.run, since: task.stopping.at });
};

/** The row after a look at its run, before it is judged by its times: it may run, or have ended, unheard. */
const looked = async (ports: SendPorts, task: Task): Promise<Task> => {
  if (task.phase !== 'STARTING' && task.phase !== 'RUNNING') return task;
  const { run, ecsTaskArn } = task;
  const { found, missing } = await ports.runs.describe([ecsTaskArn]);
  const [sighting] = found;
  if (sighting) await tellSeen(ports, task, { run, sighting }, 'EndedBySweep');
  else if (missing.includes(ecsTaskArn)) await tellMissing(ports, task, ecsTaskArn);
  return (await ports.tasks.read(task.taskId)) ?? task;
};

const tellMissing = async (ports: SendPorts, task: Task, ecsTaskArn: string): Promise<void> => {
  const told = await advance(ports, task, { kind: 'missing', run: task.run, ecsTaskArn });
  if (told.kind === 'moved') await carryOut(ports, told.task);
};

const ring = async (ports: SendPorts, task: Task): Promise<void> => {
  if (task.phase !== 'QUEUED') return;
  ports.meter('RungBySweep');
  await pass(ports, task);
};

/** A run's first doorbell is always rung; a repeated one only while the queue is short enough to have answered it. */
const ringAgain = async (ports: SendPorts, round: Round): Promise<void> => {
  const { now, isOver } = round;
  const ids = await ports.tasks.due('again', now, mostRings);
  if (ids.length === 0 || isOver()) return;
  const backlog = await ports.broker.backlog();
  if (backlog !== undefined && backlog <= fewMessages) {
    await lookAtEach(ports, { ids, isOver }, (task) => ring(ports, task));
    return;
  }
  let heldBack = 0;
  // However long the queue is, no task waits longer than it may: all are looked at for that, and none is rung.
  await lookAtDue(
    ports,
    { ...round, kind: 'again', most: Number.POSITIVE_INFINITY },
    async (task) => {
      if (task.phase !== 'QUEUED') return;
      if (ports.clock.now() >= task.startBy) await pass(ports, task);
      else heldBack += 1;
    },
  );
  ports.meter('RingsHeldBack', heldBack);
};
