import type { Task } from '../core/task.ts';
import type { Limits } from '../ports/limits.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { SendPorts } from './send-order.ts';
import { type Round, visitEach } from './visit-due.ts';

type RingPorts = SendPorts & { readonly limits: Pick<Limits, 'waiting'> };

/** The tasks that one sweep rings for after a limit was removed. */
const mostFreed = 1_000;

/**
 * Rings for those who are held by a limit that there is not any more: at most a thousand, as long as the sweep has time.
 * A row that cannot be visited does not affect the others.
 */
export const ringFreed = async (ports: RingPorts, by: string, { isOver }: Round): Promise<void> => {
  let rung = 0;
  let after: string | undefined;
  while (rung < mostFreed && !isOver()) {
    const page = await ports.limits.waiting(by, { after, most: mostFreed - rung });
    if (page === undefined) return;
    after = page.tenant;
    rung += page.tasks.length;
    const ids = page.tasks.map(({ taskId }) => taskId);
    await visitEach(ports, { ids, isOver, kind: 'held' }, (row) => ringFor(ports, by, row));
  }
};

/** Rings by a fact of the row, so that a doorbell that is lost comes again, and one that waits in the queue is not doubled. */
const ringFor = async (ports: RingPorts, by: string, row: Task): Promise<void> => {
  const advanced = await advance(ports, row, { kind: 'gateOpened', by });
  if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
};
