import { type Dropped, rejectionOf, type Submission } from '../core/request.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { wasCancelledFirst } from './cancelled-first.ts';
import type { CarryOutPorts } from './carry-out.ts';
import { reject } from './reject.ts';
import { orUnreadable } from './with-row.ts';
import { workThrough } from './work-through.ts';

/** How many messages are worked on at the same time. */
const atOnce = 10;

/**
 * Takes over the messages that the broker dropped: each becomes a REJECTED row, with a dead letter and a reply, unless it has
 * a row already. Throws, after a wait, when a row could not be read or written: then the queue delivers all of them again.
 */
export const rejectDropped = async (
  dropped: readonly Dropped[],
  ports: CarryOutPorts,
  signal?: AbortSignal,
): Promise<void> => {
  const { clock } = ports;
  await workThrough(dropped, { clock, atOnce, from: 'davit.dropped', signal }, (one) =>
    takeOver(ports, one),
  );
};

const takeOver = async (ports: CarryOutPorts, dropped: Dropped): Promise<void> => {
  ports.meter('MessagesDropped');
  const { reason } = dropped;
  if (dropped.kind === 'request') {
    ports.log('warn', 'message.dropped', { reason });
    return reject(ports, dropped.rejection);
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
    case 'returned':
      // Its row has the task, and stays as it is.
      return takeOver(ports, { ...dropped, delivery: delivery.delivery });
  }
};

const rejectTask = async (
  ports: CarryOutPorts,
  submission: Submission,
  reason: string,
): Promise<void> => {
  const task = await orUnreadable(ports.tasks.read(submission.taskId));
  const isItsRow = !(task instanceof UnreadableRow) && task?.digest === submission.digest;
  if (isItsRow || (await wasCancelledFirst(ports, submission, task))) return;
  await reject(ports, rejectionOf(submission, { reason }));
};
