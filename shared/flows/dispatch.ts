import { isDelayed } from '../core/due.ts';
import { objectionTo } from '../core/launch.ts';
import type { Delivery, Rejection, Submission } from '../core/request.ts';
import { rejectionOf } from '../core/request.ts';
import { step } from '../core/step.ts';
import type { Queued, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { defaultStartWithinMs } from '../core/times.ts';
import { UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { decideLaunch, type LaunchPorts, sendOrder, tokenAnswers, unknownTool } from './launch.ts';
import { eachAtMost } from './pace.ts';
import { noteRejected, reject, withoutBody } from './reject.ts';

/** How many messages are in hand at once, and how long a batch waits before it is given back: no hot loop. */
const atOnce = 20;
const faultWaitMs = 5_000;

/**
 * Takes a batch off the queue. Every message ends as a row that says what it waits for, runs, or was rejected; only a
 * row that could not be read or written, or a message that was not reached in time, gives the whole batch back.
 */
export const dispatchAll = async (
  deliveries: readonly Delivery[],
  ports: LaunchPorts,
  signal?: AbortSignal,
): Promise<void> => {
  const outcomes = await eachAtMost(deliveries, atOnce, async (delivery) => {
    if (signal?.aborted) throw new Error('There was no time left to look at this message.');
    await dispatchOne(ports, delivery).catch((error) => leaveUnread(ports, error));
  });
  const faults = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  if (faults.length === 0) return;
  await ports.clock.wait(faultWaitMs, signal);
  const cause = faults[0];
  const first = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    `${faults.length} of ${deliveries.length} messages go back to the queue, since their rows could not be read or written: ${first}`,
    { cause },
  );
};

/** A row that cannot be read or held would give its batch back for ever: its message is let go, and somebody must look. */
const leaveUnread = ({ meter, tell }: LaunchPorts, error: unknown): void => {
  if (!(error instanceof UnreadableRow || error instanceof UnwritableRow)) throw error;
  meter('RowsUnreadable');
  tell('error', 'row.unreadable', { why: error.message });
};

const dispatchOne = (ports: LaunchPorts, delivery: Delivery): Promise<void> => {
  switch (delivery.kind) {
    case 'unusable':
      return reject(ports, delivery.rejection);
    case 'doorbell':
      return answerDoorbell(ports, delivery.taskId, delivery.run);
    case 'task':
      return admit(ports, delivery.submission);
  }
};

/** A doorbell carries no work: the row says whether there is any. */
const answerDoorbell = async (ports: LaunchPorts, taskId: string, run: number): Promise<void> => {
  const task = await ports.tasks.read(taskId);
  if (task === undefined) {
    ports.meter('DoorbellsWithoutRow');
    return;
  }
  await resume(ports, task, run);
};

/** Goes on with a row where it stands, if it waits for just this run. */
const resume = async (ports: LaunchPorts, task: Task, run: number): Promise<void> => {
  if (task.run !== run) return;
  if (task.phase === 'LAUNCHING') {
    // Later the sweep looks for the run by its name.
    if (tokenAnswers(task, ports.clock.now())) await sendOrder(ports, task, 'again');
    return;
  }
  if (task.phase !== 'QUEUED' || isDelayed(task, ports.clock.now())) return;
  const told = await advance(ports, task, await decideLaunch(ports, task));
  if (told.kind !== 'moved') return;
  if (told.task.phase === 'LAUNCHING') await sendOrder(ports, told.task, 'first');
  else if (isEnded(told.task)) await noteRejected(ports, told.task, told.task.reason);
};

/** A message with what is known of the tool that it asks for. */
interface Admission {
  readonly submission: Submission;
  readonly startWithinMs: number;
  /** Its name, once SSM has said that there is such a tool. */
  readonly tool?: string;
}

/** A task message: its first delivery makes the row, any later one finds it. */
const admit = async (ports: LaunchPorts, submission: Submission): Promise<void> => {
  const { request, taskId } = submission;
  const tool = await ports.tools.find(request.tool);
  if (tool.kind === 'unknown') {
    await rejectNew(ports, rejectionOf(submission, { reason: unknownTool(request.tool) }));
    return;
  }
  if (tool.kind === 'away') {
    await create(ports, { submission, startWithinMs: defaultStartWithinMs });
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
  const task = await ports.tasks.read(rejection.taskId);
  if (task?.digest === rejection.digest) {
    await resume(ports, task, 1);
    return;
  }
  await reject(ports, rejection);
};

const create = async (ports: LaunchPorts, admission: Admission): Promise<void> => {
  const { submission, startWithinMs, tool } = admission;
  const submitted = { kind: 'submitted' as const, submission, startWithinMs };
  const queued = step(undefined, submitted, ports.clock.now());
  if (queued.kind === 'ignored' || queued.task.phase !== 'QUEUED') return;
  const row = await launchableRow(ports, queued.task);
  const saved = await ports.tasks.create(row);
  if (saved.kind === 'saved') {
    ports.meter('TasksCreated');
    const isHeld = row.phase === 'QUEUED' && row.hold !== undefined;
    if (row.phase === 'LAUNCHING') await sendOrder(ports, row, 'first');
    else if (!isHeld) await resume(ports, row, row.run);
    return;
  }
  if (saved.kind === 'invalid') {
    const reason = `the table cannot hold its row: ${saved.why}`;
    await reject(ports, withoutBody(rejectionOf(submission, { reason, tool }), reason));
    return;
  }
  await meet(ports, admission, saved.winner);
};

/** Decision and first write are one: the row is created as LAUNCHING, or with what it waits for. */
const launchableRow = async (ports: LaunchPorts, queued: Queued): Promise<Task> => {
  const decided = step(queued, await decideLaunch(ports, queued), ports.clock.now());
  if (decided.kind === 'ignored' || isEnded(decided.task)) return queued;
  // The table has not seen the queued row: what is created is its first revision.
  return { ...decided.task, revision: 1 };
};

/** The id has a row: the same message again, one that was cancelled before it came, or a stranger. */
const meet = async (
  ports: LaunchPorts,
  { submission, startWithinMs, tool }: Admission,
  winner: Task | undefined,
): Promise<void> => {
  if (winner === undefined) throw new Error('The row vanished while it was created.');
  if (winner.digest === submission.digest) {
    await resume(ports, winner, 1);
    return;
  }
  if (winner.phase === 'CANCELLED' && winner.tombstone && winner.digest === '') {
    const told = await advance(ports, winner, { kind: 'submitted', submission, startWithinMs });
    if (told.kind === 'moved') await carryOut(ports, told.task);
    return;
  }
  const reason = `the id ${submission.taskId} belongs to another message: give every task an id of its own`;
  const rejection = rejectionOf(submission, { reason, tool });
  await reject(ports, { ...rejection, taskId: submission.strangerId });
};
