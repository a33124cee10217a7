import type { Sighting } from '../core/fact.ts';
import type { Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import type { Metric } from '../ports/metric.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut, tryOutbox } from './carry-out.ts';
import { withLogEnd } from './read-log-end.ts';

/** Applies to a row what ECS shows of its run, and carries out what follows. `metric` counts the run if it has ended. */
export const applySighting = async (
  ports: CarryOutPorts,
  task: Task,
  { run, sighting }: { readonly run: number; readonly sighting: Sighting },
  metric: Metric,
): Promise<void> => {
  const advanced = await advance(ports, task, { kind: 'seen', run, sighting });
  if (advanced.kind !== 'moved') return;
  if (isEnded(advanced.task) && advanced.from && !isEnded(advanced.from)) ports.meter(metric);
  const { task: ended, isPutOff } = await withLogEnd(ports, advanced.task);
  await tryOutbox(ports, ended, ({ kind }) => isPutOff && kind === 'notify');
};

/** Applies to a row that ECS does not know its run, and carries out what follows. */
export const applyMissing = async (
  ports: CarryOutPorts,
  task: Task,
  { run, ecsTaskArn }: { readonly run: number; readonly ecsTaskArn: string },
): Promise<void> => {
  const advanced = await advance(ports, task, { kind: 'missing', run, ecsTaskArn });
  if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
};
