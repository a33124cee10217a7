import type { Fact } from '../core/fact.ts';
import { present } from '../core/present.ts';
import type { Delivery, Original } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { resume } from './resume.ts';
import { orUnreadable, withRow } from './with-row.ts';

type Returned = Delivery & { readonly kind: 'returned' };

/**
 * A dead letter was put back into `davit.tasks`: its row is redriven if it still is as it was when the letter was written. In any
 * other case, also for the same letter a second time, it is an ordinary message, and `admit` does what is right for one.
 */
export const admitReturned = async (
  ports: LaunchPorts,
  { run, delivery }: Returned,
  admit: (original: Original) => Promise<void>,
): Promise<void> => {
  const task = await orUnreadable(ports.tasks.read(idOf(delivery)));
  if (task instanceof UnreadableRow || !isItsRow(task, run, delivery)) return admit(delivery);
  await withRow(ports, () => redrive(ports, task, factOf(run, delivery)));
};

const redrive = async (ports: LaunchPorts, task: Task, fact: Fact): Promise<void> => {
  const advanced = await advance(ports, task, fact);
  if (advanced.kind !== 'moved') {
    ports.meter('AsksRefused');
    const why = advanced.why;
    ports.log('warn', 'redrive.refused', { taskId: task.taskId, why });
    return;
  }
  ports.meter('TasksRedriven');
  const row = await carryOut(ports, advanced.task);
  // The message itself is the doorbell: dispatch launches at its own pace.
  await resume(ports, row, row.run);
};

const idOf = (delivery: Original): string =>
  delivery.kind === 'task' ? delivery.submission.taskId : delivery.rejection.taskId;

/** Whether the letter is of this row, and the row has not moved since. The letter of a body that was too large to keep is empty. */
const isItsRow = (task: Task | undefined, run: number, delivery: Original): task is Task => {
  if (task === undefined || task.run !== run) return false;
  if (task.phase !== 'FAILED' && task.phase !== 'REJECTED') return false;
  const { digest, payloadBytes } =
    delivery.kind === 'task' ? delivery.submission : delivery.rejection;
  return task.digest === digest || (task.payload === undefined && payloadBytes === 0);
};

const factOf = (run: number, delivery: Original): Fact => ({
  kind: 'redriveAsked',
  run,
  rungLater: true,
  ...present({ submission: delivery.kind === 'task' ? delivery.submission : undefined }),
});
