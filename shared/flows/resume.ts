import { isDelayed } from '../core/due.ts';
import type { Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { advance } from './advance.ts';
import { carryOutAdded } from './carry-out.ts';
import { decideLaunch, type LaunchPorts } from './decide-launch.ts';
import { launchRun } from './launch-run.ts';
import { finishRejected } from './reject.ts';
import { isTokenValid, sendOrder } from './send-order.ts';
import { withRow } from './with-row.ts';

/** Answers a doorbell: it only names a row, and the row says whether there is work. */
export const answerDoorbell = (ports: LaunchPorts, taskId: string, run: number): Promise<void> =>
  withRow(ports, async () => {
    const task = await ports.tasks.read(taskId);
    if (task === undefined) {
      ports.meter('DoorbellsWithoutRow');
      return;
    }
    await takeNextStep(ports, task, run);
  });

/** Goes on with the row of a message that came again. */
export const resume = (ports: LaunchPorts, task: Task, run: number): Promise<void> =>
  withRow(ports, () => takeNextStep(ports, task, run));

/** Takes the next step of a row, if the row waits for this run. */
const takeNextStep = async (ports: LaunchPorts, task: Task, run: number): Promise<void> => {
  if (task.run !== run) return;
  if (task.phase === 'LAUNCHING') {
    // When the token is not valid any more, the sweep looks for the run by its name.
    if (isTokenValid(task, ports.clock.now())) await sendOrder(ports, task, 'again');
    return;
  }
  if (task.phase !== 'QUEUED' || isDelayed(task, ports.clock.now())) return;
  const advanced = await advance(ports, task, await decideLaunch(ports, task));
  if (advanced.kind !== 'moved') return;
  if (advanced.task.phase === 'LAUNCHING') await launchRun(ports, advanced.task);
  else if (advanced.task.phase === 'QUEUED') await carryOutAdded(ports, advanced);
  else if (isEnded(advanced.task)) await finishRejected(ports, advanced.task, advanced.task.reason);
};
