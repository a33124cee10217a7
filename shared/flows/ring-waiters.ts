import type { Gate } from '../core/gate.ts';
import type { Gates } from '../ports.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { SendPorts } from './send-order.ts';
import { visitEach } from './visit-due.ts';

/** How many rows are rung for at most, and whether the time for that is over. */
interface Pace {
  readonly most: number;
  readonly isOver: () => boolean;
}

/** Rings for rows that wait for a gate. Answers how many were found, and the tenant after which the next ones are. */
export const ringWaiters = async (
  ports: SendPorts & { readonly gates: Gates },
  gate: Gate,
  { most, isOver }: Pace,
): Promise<{ readonly found: number; readonly afterTenant: string | undefined }> => {
  const { taskIds, afterTenant } = await ports.gates.waiters(gate, most);
  await visitEach(ports, { ids: taskIds, isOver, kind: 'held' }, async (task) => {
    const advanced = await advance(ports, task, { kind: 'gateOpened', by: gate.by });
    if (advanced.kind !== 'moved') return;
    ports.meter('RungByGate');
    await carryOut(ports, advanced.task);
  });
  return { found: taskIds.length, afterTenant };
};
