import { due } from '../core/due.ts';
import type { Ended, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { stopOverdueMs } from '../core/times.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { compare } from './compare.ts';
import { lookForRun, type SendPorts, sendOrder, tokenAnswers } from './launch.ts';
import { eachAtMost } from './pace.ts';
import { tellSeen } from './settle.ts';

/** Rows that one sweep looks at: a run's first doorbell is always among them, and a sweep must end before the next. */
const mostActs = 1_000;
const mostRings = 1_200;
const atOnce = 20;
/** With more ready messages than this, a doorbell that nobody answered is most likely only behind them. */
const fewMessages = 100;

/** Looks at every row that is due, and at the table and the cluster against each other. One row's failure is that row's. */
export const sweep = async (ports: SendPorts, signal?: AbortSignal): Promise<void> => {
  const now = ports.clock.now();
  const acts = await ports.tasks.due('act', now, mostActs);
  await onEach(ports, { ids: acts, signal }, (task) => act(ports, task));
  const rings = await ports.tasks.due('ring', now, mostRings);
  if (rings.length > 0) {
    const backlog = await ports.broker.backlog();
    const again = backlog !== undefined && backlog <= fewMessages;
    await onEach(ports, { ids: rings, signal }, (task) => ring(ports, task, again));
  }
  if (!signal?.aborted) await compare(ports);
};

const onEach = async (
  ports: SendPorts,
  { ids, signal }: { readonly ids: readonly string[]; readonly signal: AbortSignal | undefined },
  look: (task: Task) => Promise<unknown>,
): Promise<void> => {
  await eachAtMost(ids, atOnce, async (taskId) => {
    if (signal?.aborted) return;
    try {
      // The index may be stale: the row itself is asked.
      const task = await ports.tasks.read(taskId);
      if (task) await look(task);
    } catch (error) {
      await setBack(ports, taskId, error);
    }
  });
};

/** A row that cannot be looked after waits a growing while, so that the others have their turn. */
const setBack = async (ports: SendPorts, taskId: string, error: unknown): Promise<void> => {
  const why = error instanceof Error ? error.message : String(error);
  ports.meter('SweepSetbacks');
  ports.tell('error', 'sweep.setback', { taskId, why });
  await advance(ports, await ports.tasks.read(taskId), { kind: 'deferred', why });
};

const act = async (ports: SendPorts, found: Task): Promise<unknown> => {
  const task = await carryOut(ports, found);
  if (isEnded(task)) return checkOutbox(ports, task);
  // Past its time it is first marked to be stopped; then it is still asked for, since ECS may have it.
  if (task.phase === 'LAUNCHING' && (task.stopping || ports.clock.now() < task.startBy)) {
    noteOverdue(ports, task);
    const asks = tokenAnswers(task, ports.clock.now());
    return asks ? sendOrder(ports, task) : lookForRun(ports, task);
  }
  noteOverdue(ports, task);
  return pass(ports, await looked(ports, task));
};

/** What is left of an ended row waits a growing while: there may be many of them while a broker is away. */
const checkOutbox = ({ clock }: SendPorts, task: Ended): void => {
  const left = due(task);
  if (!left || left.at > clock.now()) return;
  throw new Error(`${task.outbox.length} consequences could not be carried out`);
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

/** The row after a look at its run, before one is judged that ECS did not know, or that may run by now. */
const looked = async (ports: SendPorts, task: Task): Promise<Task> => {
  const missed = task.phase === 'RUNNING' && task.missingSince !== undefined;
  if (task.phase !== 'STARTING' && !missed) return task;
  const { run, ecsTaskArn } = task;
  const { found } = await ports.runs.describe([ecsTaskArn]);
  const [sighting] = found;
  if (sighting) await tellSeen(ports, task, { run, sighting }, 'EndedBySweep');
  else await tellMissing(ports, task, ecsTaskArn);
  return (await ports.tasks.read(task.taskId)) ?? task;
};

const tellMissing = async (ports: SendPorts, task: Task, ecsTaskArn: string): Promise<void> => {
  const told = await advance(ports, task, { kind: 'missing', run: task.run, ecsTaskArn });
  if (told.kind === 'moved') await carryOut(ports, told.task);
};

/** A run's first doorbell is always rung; a repeated one only while the queue is short enough to have answered it. */
const ring = async (ports: SendPorts, task: Task, again: boolean): Promise<void> => {
  if (task.phase !== 'QUEUED') return;
  if (task.rungAt !== undefined && !again && ports.clock.now() < task.startBy) {
    ports.meter('RingsHeldBack');
    return;
  }
  ports.meter('RungBySweep');
  await pass(ports, task);
};
