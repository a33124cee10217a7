import type { Gate } from '../core/gate.ts';
import type { Task } from '../core/task.ts';
import type { Gates } from '../ports.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { SendPorts } from './send-order.ts';
import { visitEach } from './visit-due.ts';

type WaiterPorts = SendPorts & { readonly gates: Gates };

/** How many rows are rung for at most, and whether the time for that is over. */
interface Pace {
  readonly most: number;
  readonly isOver: () => boolean;
}

/** Rings for rows that wait for a gate. Answers how many were found, and the tenant after which the next ones are. */
export const ringWaiters = async (
  ports: WaiterPorts,
  gate: Gate,
  { most, isOver }: Pace,
): Promise<{ readonly found: number; readonly afterTenant: string | undefined }> => {
  const { taskIds, afterTenant } = await ports.gates.waiters(gate, most);
  await visitEach(ports, { ids: taskIds, isOver, kind: 'held' }, async (task) => {
    await ring(ports, gate, task);
  });
  return { found: taskIds.length, afterTenant };
};

/** A try may take one of so many rows. */
const mostTried = 20;

/**
 * Rings for one row, which tries a closed gate. Each turn takes another row, and a row that cannot be visited is passed over:
 * a task that needs more than there is, or a row that cannot be read, never keeps the others waiting. False when there was none.
 */
export const ringOne = async (ports: WaiterPorts, gate: Gate, turn: number): Promise<boolean> => {
  const { taskIds } = await ports.gates.waiters(gate, mostTried);
  const first = Math.max(0, turn - 1) % Math.max(1, taskIds.length);
  let isRung = false;
  for (const taskId of [...taskIds.slice(first), ...taskIds.slice(0, first)]) {
    if (isRung) break;
    const one = { ids: [taskId], isOver: () => false, kind: 'held' } as const;
    await visitEach(ports, one, async (task) => {
      isRung = await ring(ports, gate, task);
    });
  }
  return taskIds.length > 0;
};

const ring = async (ports: WaiterPorts, gate: Gate, task: Task): Promise<boolean> => {
  const advanced = await advance(ports, task, { kind: 'gateOpened', by: gate.by });
  if (advanced.kind !== 'moved') return false;
  ports.meter('RungByGate');
  await carryOut(ports, advanced.task);
  return true;
};
