import { type Dropped, rejectionOf } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { eachAtMost } from './pace.ts';
import { reject } from './reject.ts';

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
    await takeOver(ports, one).catch((error) => leaveUnread(ports, error));
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

/** A row that cannot be read would give its batch back for ever; it is the row that owns the message. */
const leaveUnread = ({ meter, tell }: CarryOutPorts, error: unknown): void => {
  if (!(error instanceof UnreadableRow || error instanceof UnwritableRow)) throw error;
  meter('RowsUnreadable');
  tell('error', 'row.unreadable', { why: error.message });
};

const takeOver = async (ports: CarryOutPorts, dropped: Dropped): Promise<void> => {
  ports.meter('MessagesDropped');
  const { reason } = dropped;
  if (dropped.kind === 'request') {
    ports.tell('warn', 'message.dropped', { reason });
    return;
  }
  const { delivery } = dropped;
  // A doorbell carries no work: its row is due, and the sweep rings again.
  if (delivery.kind === 'doorbell') return;
  const rejection =
    delivery.kind === 'task' ? rejectionOf(delivery.submission, { reason }) : delivery.rejection;
  const task = await ports.tasks.read(rejection.taskId);
  if (task?.digest === rejection.digest) return;
  if (delivery.kind === 'task' && task !== undefined && isUnclaimed(task)) {
    // It was cancelled before it came: that is what its publisher hears.
    const { submission } = delivery;
    const fact = { kind: 'submitted', submission, startWithinMs: 0 } as const;
    const told = await advance(ports, task, fact);
    if (told.kind === 'moved') {
      await carryOut(ports, told.task);
      return;
    }
  }
  await reject(ports, rejection);
};

const isUnclaimed = (task: Task): boolean =>
  task.phase === 'CANCELLED' && task.tombstone === true && task.digest === '';
