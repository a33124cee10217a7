import type { Task } from '../core/task.ts';
import { applyTimePassed } from './apply-time-passed.ts';
import { isQueueShort } from './lost-doorbells.ts';
import type { SendPorts } from './send-order.ts';
import { type Round, visitDue, visitEach } from './visit-due.ts';

/** The rows of each kind that one sweep rings for; a run's first doorbell is always among them. */
const mostRings = 1_200;

/** Rings for every queued row whose time has come: first for rows that only wait for their turn, then for rows with a hold. */
export const ringDueRows = async (ports: SendPorts, round: Round): Promise<void> => {
  for (const kind of ['ring', 'held'] as const)
    await visitDue(ports, { ...round, kind, most: mostRings }, (task) => ring(ports, task));
  await ringAgain(ports, round);
};

const ring = async (ports: SendPorts, task: Task): Promise<void> => {
  if (task.phase !== 'QUEUED') return;
  ports.meter('RungBySweep');
  await applyTimePassed(ports, task);
};

/** Rings a second time only while the queue is so short that the first doorbell must have been delivered. */
const ringAgain = async (ports: SendPorts, round: Round): Promise<void> => {
  const { now, isOver } = round;
  const ids = await ports.tasks.due('again', now, mostRings);
  if (ids.length === 0 || isOver()) return;
  if (await isQueueShort(ports)) {
    await visitEach(ports, { ids, isOver, kind: 'again' }, (task) => ring(ports, task));
    return;
  }
  let heldBack = 0;
  // However long the queue is, a task that cannot start in time must end: all rows are checked for that, and none is rung for.
  await visitDue(
    ports,
    { ...round, kind: 'again', most: Number.POSITIVE_INFINITY },
    async (task) => {
      if (task.phase !== 'QUEUED') return;
      if (ports.clock.now() >= task.startBy) await applyTimePassed(ports, task);
      else heldBack += 1;
    },
  );
  ports.meter('RingsHeldBack', heldBack);
};
