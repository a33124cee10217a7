import type { Task } from '../core/task.ts';
import { pass } from './pass.ts';
import type { SendPorts } from './send-order.ts';
import { type Round, visitDue, visitEach } from './visit-due.ts';

/** Rows of each kind that one sweep rings: a run's first doorbell is always among them. */
const mostRings = 1_200;

/** Rings for every queued row whose time has come: those that only wait for their turn before those that wait for a hold. */
export const ringDueRows = async (ports: SendPorts, round: Round): Promise<void> => {
  for (const kind of ['ring', 'held'] as const)
    await visitDue(ports, { ...round, kind, most: mostRings }, (task) => ring(ports, task));
  await ringAgain(ports, round);
};

const ring = async (ports: SendPorts, task: Task): Promise<void> => {
  if (task.phase !== 'QUEUED') return;
  ports.meter('RungBySweep');
  await pass(ports, task);
};

/** With more ready messages than this, a doorbell that nobody answered is most likely only behind them. */
const fewMessages = 100;

/** A run's first doorbell is always rung; a repeated one only while the queue is short enough to have answered it. */
const ringAgain = async (ports: SendPorts, round: Round): Promise<void> => {
  const { now, isOver } = round;
  const ids = await ports.tasks.due('again', now, mostRings);
  if (ids.length === 0 || isOver()) return;
  const backlog = await ports.broker.backlog();
  if (backlog !== undefined && backlog <= fewMessages) {
    await visitEach(ports, { ids, isOver, kind: 'again' }, (task) => ring(ports, task));
    return;
  }
  let heldBack = 0;
  // However long the queue is, no task waits longer than it may: all are looked at for that, and none is rung.
  await visitDue(
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
