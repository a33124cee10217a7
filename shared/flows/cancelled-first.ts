import type { Submission } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { isTombstone } from '../core/task.ts';
import { UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { withRow } from './with-row.ts';

/**
 * Whether the task of a message that is not launched was cancelled before the message came. Then the message has taken that row
 * over, and its publisher gets the reply of a cancelled task. `task`: the row of its id, as it was read.
 */
export const wasCancelledFirst = async (
  ports: CarryOutPorts,
  submission: Submission,
  task: Task | UnreadableRow | undefined,
): Promise<boolean> => {
  if (task === undefined || task instanceof UnreadableRow || !isTombstone(task)) return false;
  try {
    const advanced = await advance(ports, task, { kind: 'submitted', submission });
    if (advanced.kind !== 'moved') return false;
    await withRow(ports, () => carryOut(ports, advanced.task));
    return true;
  } catch (error) {
    if (error instanceof UnreadableRow || error instanceof UnwritableRow) return false;
    throw error;
  }
};
