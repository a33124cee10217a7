import type { Limit } from '../core/limit.ts';
import { isUnused } from '../core/limit-mend.ts';
import type { Task } from '../core/task.ts';
import type { Limits } from '../ports/limits.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { rowsOf } from './rows-of-runs.ts';
import type { SendPorts } from './send-order.ts';

type RemovePorts = SendPorts & { readonly limits: Limits };

/** The tasks that one sweep rings for after a limit was removed. */
const mostFreed = 1_000;

/** `tools.yml` has no limit any more: who waits for it is rung, and its item goes when nothing needs it. */
export const removeLimit = async (
  ports: RemovePorts,
  limit: Limit,
  isWaiting: boolean,
): Promise<void> => {
  if (!isWaiting) {
    if (isUnused(limit)) await ports.limits.remove(limit);
    return;
  }
  let rung = 0;
  let after: string | undefined;
  while (rung < mostFreed) {
    const page = await ports.limits.waiting(limit.name, { after, most: mostFreed - rung });
    if (page === undefined) return;
    after = page.tenant;
    rung += page.tasks.length;
    for (const { row } of await rowsOf(
      ports,
      page.tasks.map(({ taskId }) => ({ taskId, run: 0 })),
    ))
      if (row !== undefined) await ringFreed(ports, limit, row);
  }
};

/** Rings by a fact of the row, so that a doorbell that is lost comes again, and one that waits in the queue is not doubled. */
const ringFreed = async (ports: RemovePorts, { name }: Limit, row: Task): Promise<void> => {
  const advanced = await advance(ports, row, { kind: 'gateOpened', by: name });
  if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
};
