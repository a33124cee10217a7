import { type Dropped, rejectionOf, type Submission } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { eachAtMost } from './pace.ts';
import { reject } from './reject.ts';
import { orUnreadable, withRow } from './with-row.ts';

/** How many messages are in hand at once, and how long a batch waits before it is given back: no hot loop. */
const atOnce = 10;
const faultWaitMs = 5_000;

/**
 * Takes over what the broker dropped: each message becomes a REJECTED row, with a dead letter and a reply, unless a row owns
 * it already. Throws, after a wait, when a row could not be read or written: then all come again.
 */
export const rejectDropped = async (
  dropped: readonly Dropped[],
  ports: CarryOutPorts,
  signal?: AbortSignal,
): Promise<void> => {
  const outcomes = await eachAtMost(dropped, atOnce, async (one) => {
    if (signal?.aborted) throw new Error('There was no time left to look at this message.');
    await takeOver(ports, one);
  });
  const faults = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length === 0) return;
  await ports.clock.wait(faultWaitMs, signal);
  const [cause] = faults;
  const first = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    `${faults.length} of ${dropped.length} messages go back to davit.dropped, since their rows could not be read or written: ${first}`,
    { cause },
  );
};

const takeOver = async (ports: CarryOutPorts, dropped: Dropped): Promise<void> => {
  ports.meter('MessagesDropped');
  const { reason } = dropped;
  if (dropped.kind === 'request') {
    ports.tell('warn', 'message.dropped', { reason });
    return;
  }
  const { delivery } = dropped;
  switch (delivery.kind) {
    case 'doorbell':
      // It carries no work: its row is due, and the sweep rings again.
      return;
    case 'unusable':
      return reject(ports, delivery.rejection);
    case 'task':
      return rejectTask(ports, delivery.submission, reason);
  }
};

const rejectTask = async (
  ports: CarryOutPorts,
  submission: Submission,
  reason: string,
): Promise<void> => {
  const task = await orUnreadable(ports.tasks.read(submission.taskId));
  const isItsRow = !(task instanceof UnreadableRow) && task?.digest === submission.digest;
  if (isItsRow || (await isCancelled(ports, submission, task))) return;
  await reject(ports, rejectionOf(submission, { reason }));
};

/** Whether it was cancelled before it came: that is what its publisher hears then. */
const isCancelled = async (
  ports: CarryOutPorts,
  submission: Submission,
  task: Task | UnreadableRow | undefined,
): Promise<boolean> => {
  if (task === undefined || task instanceof UnreadableRow || !isTombstone(task)) return false;
  try {
    const told = await advance(ports, task, { kind: 'submitted', submission });
    if (told.kind !== 'moved') return false;
    await withRow(ports, () => carryOut(ports, told.task));
    return true;
  } catch (error) {
    if (error instanceof UnreadableRow || error instanceof UnwritableRow) return false;
    throw error;
  }
};

const isTombstone = (task: Task): boolean =>
  task.phase === 'CANCELLED' && task.tombstone === true && task.digest === '';
