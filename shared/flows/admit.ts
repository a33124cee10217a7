import { isDelayed } from '../core/due.ts';
import { notBeforeFault } from '../core/not-before.ts';
import { objectionTo } from '../core/objection.ts';
import { present } from '../core/present.ts';
import type { Submission } from '../core/request.ts';
import { rejectionOf } from '../core/request.ts';
import { step } from '../core/step.ts';
import type { Queued, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { type Admission, rejectUnstorable, startTask, submittedOf } from './admission.ts';
import { admitToRow, admitToUnreadableRow } from './admit-to-row.ts';
import { wasCancelledFirst } from './cancelled-first.ts';
import { decideLaunch, type LaunchPorts, unknownTool } from './decide-launch.ts';
import { reject } from './reject.ts';
import { resume } from './resume.ts';
import { isLimited } from './take-place.ts';
import { orUnreadable } from './with-row.ts';

/**
 * Admits a task message: its first delivery creates the row, and a later one finds it. Every message ends in a row: that of
 * its id, or, when the id belongs to another message, a REJECTED row under its stranger id.
 */
export const admit = async (ports: LaunchPorts, submission: Submission): Promise<void> => {
  const { request, taskId } = submission;
  const tool = await ports.tools.find(request.tool);
  if (tool.kind === 'unknown') {
    await rejectNew(ports, submission, { reason: unknownTool(request.tool) });
    return;
  }
  const known = tool.kind === 'known' ? { spec: tool.spec, tool: request.tool } : undefined;
  const reason =
    notBeforeFault(request, ports.clock.now()) ??
    (known && objectionTo(taskId, request, known.spec));
  if (reason !== undefined) {
    await rejectNew(ports, submission, { reason, tool: known?.tool });
    return;
  }
  const { startWithinMs } = known?.spec ?? {};
  await create(ports, { submission, ...present({ startWithinMs, tool: known?.tool }) });
};

// A message that has a row already belongs to it, even if its tool was changed or removed since. One that was cancelled first is
// cancelled, also when it could never be launched.
const rejectNew = async (
  ports: LaunchPorts,
  submission: Submission,
  why: { readonly reason: string; readonly tool?: string | undefined },
): Promise<void> => {
  const task = await orUnreadable(ports.tasks.read(submission.taskId));
  const isItsRow = !(task instanceof UnreadableRow) && task?.digest === submission.digest;
  if (isItsRow) await resume(ports, task, 1);
  else if (!(await wasCancelledFirst(ports, submission, task)))
    await reject(ports, rejectionOf(submission, why));
};

const create = async (ports: LaunchPorts, admission: Admission): Promise<void> => {
  const { submission } = admission;
  const queued = step(undefined, submittedOf(admission), ports.clock.now());
  if (queued.kind === 'ignored' || queued.task.phase !== 'QUEUED')
    throw new Error(`The message ${submission.taskId} did not become a row.`);
  const row = await launchableRow(ports, queued.task, submission);
  const saved = await orUnreadable(ports.tasks.create(row));
  if (saved instanceof UnreadableRow) return admitToUnreadableRow(ports, admission, saved);
  switch (saved.kind) {
    case 'saved':
      return startTask(ports, row);
    case 'invalid':
      return rejectUnstorable(ports, admission, saved.why);
    case 'lost':
      if (saved.winner === undefined) throw new Error('The row vanished while it was created.');
      return admitToRow(ports, admission, saved.winner);
  }
};

/**
 * The first launch is decided before the row is written: the row is created as LAUNCHING, or with its hold. A task of a tool
 * with limits gets its row first: a place is given to a row that exists.
 */
const launchableRow = async (
  ports: LaunchPorts,
  queued: Queued,
  { request }: Submission,
): Promise<Task> => {
  // It claims no try of a closed placement, and takes nothing else, before its time.
  if (isDelayed(queued, ports.clock.now()) || (await isLimited(ports, queued))) return queued;
  const fact = await decideLaunch(ports, queued, request);
  // The queued row was not written: the one that follows is the first revision.
  const decided = step({ ...queued, revision: 0 }, fact, ports.clock.now());
  return decided.kind === 'ignored' || isEnded(decided.task) ? queued : decided.task;
};
