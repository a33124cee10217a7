import { rejectionOf } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { isTombstone } from '../core/task.ts';
import { UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import { type Admission, rejectUnstorable, startTask, submittedOf } from './admission.ts';
import { type Advance, advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { reject } from './reject.ts';
import { resume } from './resume.ts';
import { logUnreadableRow, orUnreadable, withRow } from './with-row.ts';

/** The id has a row: of the same message, of a cancel that came before it, or of another message. */
export const admitToRow = async (
  ports: LaunchPorts,
  admission: Admission,
  winner: Task,
): Promise<void> => {
  const { submission } = admission;
  if (winner.digest === submission.digest) {
    await resume(ports, winner, 1);
    return;
  }
  if (isTombstone(winner)) {
    await takeOver(ports, admission, winner);
    return;
  }
  await rejectStranger(ports, admission, 'belongs to another message');
};

/** The id has a row that cannot be read: of this message, or of another one. */
export const admitToUnreadableRow = async (
  ports: LaunchPorts,
  admission: Admission,
  unreadable: UnreadableRow,
): Promise<void> => {
  logUnreadableRow(ports, unreadable);
  if (unreadable.digest === admission.submission.digest) return;
  await rejectStranger(
    ports,
    admission,
    'has a row that cannot be read and belongs to another message',
  );
};

/** The cancel came first: the message takes its row over, unless another writer is faster. */
const takeOver = async (ports: LaunchPorts, admission: Admission, row: Task): Promise<void> => {
  const advanced = await orUnreadable(orInvalid(advance(ports, row, submittedOf(admission))));
  if (advanced instanceof UnreadableRow) return admitToUnreadableRow(ports, admission, advanced);
  switch (advanced.kind) {
    case 'moved':
      // When the cancel has expired, this is an ordinary task.
      return advanced.task.phase === 'QUEUED'
        ? startTask(ports, advanced.task)
        : withRow(ports, () => carryOut(ports, advanced.task));
    case 'ignored':
      if (advanced.task === undefined) throw new Error('The row vanished while it was taken over.');
      return admitToRow(ports, admission, advanced.task);
    case 'invalid':
      return rejectUnstorable(ports, admission, advanced.why);
  }
};

const orInvalid = async (write: Promise<Advance>): Promise<Advance> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof UnwritableRow) return { kind: 'invalid', why: error.message };
    throw error;
  }
};

/** The id belongs to another message: this one is rejected under its stranger id. */
const rejectStranger = async (
  ports: LaunchPorts,
  { submission, tool }: Admission,
  fault: string,
): Promise<void> => {
  const reason = `the id ${submission.taskId} ${fault}: give every task an id of its own`;
  const rejection = rejectionOf(submission, { reason, tool });
  await reject(ports, { ...rejection, taskId: submission.strangerId });
};
