import type { Fact } from '../core/fact.ts';
import { present } from '../core/present.ts';
import { rejectionOf, type Submission } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { carryOut } from './carry-out.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { launchRun } from './launch-run.ts';
import { reject, withoutBody } from './reject.ts';
import { resume } from './resume.ts';
import { withRow } from './with-row.ts';

/** A message, and what is known of the tool that it names. */
export interface Admission {
  readonly submission: Submission;
  /** From the spec of the tool; absent while SSM cannot be reached. */
  readonly startWithinMs?: number;
  /** The name of the tool; absent while it is not known whether the tool exists. */
  readonly tool?: string;
}

/** The fact that the message came. */
export const submittedOf = ({ submission, startWithinMs }: Admission): Fact => ({
  kind: 'submitted',
  submission,
  ...present({ startWithinMs }),
});

/** Counts the new task and takes its next step: sends its order, tells why it waits, or decides again if nothing holds it. */
export const startTask = async (ports: LaunchPorts, row: Task): Promise<void> => {
  ports.meter('TasksCreated');
  const isHeld = row.phase === 'QUEUED' && row.hold !== undefined;
  if (row.phase === 'LAUNCHING') await withRow(ports, () => launchRun(ports, row));
  else if (isHeld) await withRow(ports, () => carryOut(ports, row));
  else await resume(ports, row, row.run);
};

/** Rejects a message whose row the table cannot hold. */
export const rejectUnstorable = async (
  ports: LaunchPorts,
  { submission, tool }: Admission,
  why: string,
): Promise<void> => {
  const reason = `the table cannot hold its row: ${why}`;
  await reject(ports, withoutBody(rejectionOf(submission, { reason, tool }), reason));
};
