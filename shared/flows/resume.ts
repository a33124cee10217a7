import { isDelayed } from '../core/due.ts';
import type { Fact } from '../core/fact.ts';
import type { Launching, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { advance } from './advance.ts';
import { carryOutAdded } from './carry-out.ts';
import { decideLaunch, type LaunchPorts } from './decide-launch.ts';
import { launchRun } from './launch-run.ts';
import { finishRejected } from './reject.ts';
import { isTokenValid, sendOrder } from './send-order.ts';
import { confirmPlace, settlePlace } from './take-place.ts';
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

/** A row may move a few times between the question for its place and its launch. */
const mostTries = 5;

/** Takes the next step of a row, if the row waits for this run. */
const takeNextStep = async (
  ports: LaunchPorts,
  task: Task,
  run: number,
  tries = 1,
): Promise<void> => {
  if (task.run !== run) return;
  if (task.phase === 'LAUNCHING') {
    // When the token is not valid any more, the sweep looks for the run by its name.
    if (isTokenValid(task, ports.clock.now())) await sendOrder(ports, task, 'again');
    return;
  }
  if (task.phase !== 'QUEUED' || isDelayed(task, ports.clock.now())) return;
  const fact = await decideLaunch(ports, task);
  const advanced = await advance(ports, task, fact);
  await settlePlace(ports, { task, fact, advanced });
  if (advanced.kind === 'ignored' && hasMoved(task, fact, advanced.task) && tries < mostTries)
    return takeNextStep(ports, advanced.task, run, tries + 1);
  if (advanced.kind !== 'moved') return;
  if (advanced.task.phase === 'LAUNCHING') await launch(ports, advanced.task);
  else if (advanced.task.phase === 'QUEUED') await carryOutAdded(ports, advanced);
  else if (isEnded(advanced.task)) await finishRejected(ports, advanced.task, advanced.task.reason);
};

const launch = async (ports: LaunchPorts, task: Launching): Promise<void> => {
  await launchRun(ports, task);
  await (ports.confirm?.(task) ?? confirmPlace(ports, task));
};

/** Whether the row was written by another function after it got its place: then it is decided again. */
const hasMoved = (task: Task, fact: Fact, row: Task | undefined): row is Task =>
  fact.kind === 'launchDecided' &&
  fact.place !== undefined &&
  row !== undefined &&
  row.revision !== task.revision;
