import type { Fact } from '../core/fact.ts';
import type { Launching, Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { describeAll } from './describe.ts';

/**
 * Looks for a run by its name and applies the answer to the row: for the time after the order's token, when the same call
 * could launch a second container.
 */
export const findRunByName = async (ports: CarryOutPorts, task: Launching): Promise<Task> => {
  const candidates = await ports.runs.traces(task.launchOrder);
  const seen = candidates.length > 0 ? await findOwnRun(ports, task, candidates) : undefined;
  const advanced = await advance(ports, task, seen ?? { kind: 'missing', run: task.run });
  if (advanced.kind === 'moved') return carryOut(ports, advanced.task);
  // Another writer may have moved the row on: that row is judged, not the one that was read before.
  return advanced.kind === 'ignored' ? (advanced.task ?? task) : task;
};

/** The sighting of the one among these ECS tasks that this run started, if there is one. Throws when ECS cannot be reached. */
export const findOwnRun = async (
  { runs }: Pick<CarryOutPorts, 'runs'>,
  task: Launching,
  ecsTaskArns: readonly string[],
): Promise<Fact | undefined> => {
  const { found, faults } = await describeAll(runs, ecsTaskArns);
  const own = found.find((sighting) => sighting.startedBy === task.launchOrder.startedBy);
  if (own === undefined && faults.length > 0) throw faults[0];
  return own && { kind: 'seen', run: task.run, sighting: own };
};
