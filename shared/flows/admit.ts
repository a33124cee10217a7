import type { Fact } from '../core/fact.ts';
import { objectionTo } from '../core/launch.ts';
import type { Rejection, Submission } from '../core/request.ts';
import { rejectionOf } from '../core/request.ts';
import { step } from '../core/step.ts';
import type { Queued, Task } from '../core/task.ts';
import { isEnded, isTombstone } from '../core/task.ts';
import { UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import { type Advance, advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { decideLaunch, type LaunchPorts, unknownTool } from './decide-launch.ts';
import { reject, withoutBody } from './reject.ts';
import { resume } from './resume.ts';
import { sendOrder } from './send-order.ts';
import { noteUnreadable, orUnreadable, withRow } from './with-row.ts';

/**
 * A task message: its first delivery makes the row, any later one finds it. Whatever other writer is faster, the message
 * ends in a row: the one of its id, or a rejected one under the id of a stranger.
 */
export const admit = async (ports: LaunchPorts, submission: Submission): Promise<void> => {
  const { request, taskId } = submission;
  const tool = await ports.tools.find(request.tool);
  if (tool.kind === 'unknown') {
    await rejectNew(ports, rejectionOf(submission, { reason: unknownTool(request.tool) }));
    return;
  }
  if (tool.kind === 'away') {
    await create(ports, { submission });
    return;
  }
  const reason = objectionTo(taskId, request, tool.spec);
  if (reason !== undefined) {
    await rejectNew(ports, rejectionOf(submission, { reason, tool: request.tool }));
    return;
  }
  const { startWithinMs } = tool.spec;
  await create(ports, { submission, startWithinMs, tool: request.tool });
};

// A message that has a row already is that row's, whatever became of its tool since.
const rejectNew = async (ports: LaunchPorts, rejection: Rejection): Promise<void> => {
  const task = await orUnreadable(ports.tasks.read(rejection.taskId));
  if (task instanceof UnreadableRow || task?.digest !== rejection.digest) {
    await reject(ports, rejection);
    return;
  }
  await resume(ports, task, 1);
};

/** A message with what is known of the tool that it asks for. */
interface Admission {
  readonly submission: Submission;
  /** Of its spec; absent while SSM cannot be reached. */
  readonly startWithinMs?: number;
  /** Its name, once SSM has said that there is such a tool. */
  readonly tool?: string;
}

const create = async (ports: LaunchPorts, admission: Admission): Promise<void> => {
  const { submission } = admission;
  const queued = step(undefined, submittedOf(admission), ports.clock.now());
  if (queued.kind === 'ignored' || queued.task.phase !== 'QUEUED')
    throw new Error(`The message ${submission.taskId} made no row.`);
  const row = await launchableRow(ports, queued.task, submission);
  const saved = await orUnreadable(ports.tasks.create(row));
  if (saved instanceof UnreadableRow) return meetUnreadable(ports, admission, saved);
  switch (saved.kind) {
    case 'saved':
      return begin(ports, row);
    case 'invalid':
      return rejectUnheld(ports, admission, saved.why);
    case 'lost':
      if (saved.winner === undefined) throw new Error('The row vanished while it was created.');
      return meet(ports, admission, saved.winner);
  }
};

const submittedOf = ({ submission, startWithinMs }: Admission): Fact => ({
  kind: 'submitted',
  submission,
  ...(startWithinMs === undefined ? {} : { startWithinMs }),
});

/** Decision and first write are one: the row is created as LAUNCHING, or with what it waits for. */
const launchableRow = async (
  ports: LaunchPorts,
  queued: Queued,
  { request }: Submission,
): Promise<Task> => {
  const fact = await decideLaunch(ports, queued, request);
  const decided = step(queued, fact, ports.clock.now());
  if (decided.kind === 'ignored' || isEnded(decided.task)) return queued;
  // The table has not seen the queued row: what is created is its first revision.
  return { ...decided.task, revision: 1 };
};

/** A row of this id stands there and cannot be read: it is that of this message, or of another. */
const meetUnreadable = async (
  ports: LaunchPorts,
  admission: Admission,
  unreadable: UnreadableRow,
): Promise<void> => {
  noteUnreadable(ports, unreadable);
  if (unreadable.digest === admission.submission.digest) return;
  await rejectStranger(ports, admission, 'has a row that cannot be read and belongs to another');
};

const rejectStranger = async (
  ports: LaunchPorts,
  { submission, tool }: Admission,
  what: string,
): Promise<void> => {
  const reason = `the id ${submission.taskId} ${what}: give every task an id of its own`;
  const rejection = rejectionOf(submission, { reason, tool });
  await reject(ports, { ...rejection, taskId: submission.strangerId });
};

const begin = async (ports: LaunchPorts, row: Task): Promise<void> => {
  ports.meter('TasksCreated');
  const isHeld = row.phase === 'QUEUED' && row.hold !== undefined;
  if (row.phase === 'LAUNCHING') await withRow(ports, () => sendOrder(ports, row, 'first'));
  else if (!isHeld) await resume(ports, row, row.run);
};

const rejectUnheld = async (
  ports: LaunchPorts,
  { submission, tool }: Admission,
  why: string,
): Promise<void> => {
  const reason = `the table cannot hold its row: ${why}`;
  await reject(ports, withoutBody(rejectionOf(submission, { reason, tool }), reason));
};

/** The id has a row: the same message again, one that was cancelled before it came, or a stranger. */
const meet = async (ports: LaunchPorts, admission: Admission, winner: Task): Promise<void> => {
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

/** The cancel came first: the message takes its row over, unless another one is faster. */
const takeOver = async (ports: LaunchPorts, admission: Admission, row: Task): Promise<void> => {
  const advanced = await orUnreadable(orUnheld(advance(ports, row, submittedOf(admission))));
  if (advanced instanceof UnreadableRow) return meetUnreadable(ports, admission, advanced);
  switch (advanced.kind) {
    case 'moved':
      // A cancel that has expired meanwhile leaves a task like any other.
      return advanced.task.phase === 'QUEUED'
        ? begin(ports, advanced.task)
        : withRow(ports, () => carryOut(ports, advanced.task));
    case 'ignored':
      if (advanced.task === undefined) throw new Error('The row vanished while it was taken over.');
      return meet(ports, admission, advanced.task);
    case 'invalid':
      return rejectUnheld(ports, admission, advanced.why);
  }
};

const orUnheld = async (write: Promise<Advance>): Promise<Advance> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof UnwritableRow) return { kind: 'invalid', why: error.message };
    throw error;
  }
};
