import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { describeAll, type Looks } from './describe.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';
import { applySighting } from './settle.ts';

const atOnce = 20;

/** Looks into ECS that are made for many due rows with one call, and used when each row's turn comes. */
export interface LooksAhead {
  /** Asks ECS about the runs of these rows, a hundred a call. Never throws. */
  readonly ask: (taskIds: readonly string[]) => Promise<void>;
  /** Applies to the row what ECS said of its run, and answers the row as it is then. Throws when ECS did not answer. */
  readonly apply: (task: Task) => Promise<Task>;
}

interface Asked extends Looks {
  readonly arns: ReadonlySet<string>;
}

/** No look yet. */
export const looksAhead = (ports: SendPorts): LooksAhead => {
  const askEcs = async (arns: readonly string[]): Promise<Asked> => ({
    arns: new Set(arns),
    ...(await describeAll(ports.runs, arns)),
  });

  let ahead: Asked | undefined;

  return {
    ask: async (taskIds) => {
      const rows = await eachAtMost(taskIds, atOnce, ports.tasks.read);
      // A row that cannot be read here is read again when its turn comes, and that is where it is noted.
      const arns = rows.flatMap((row) => (row.status === 'fulfilled' ? arnsOf(row.value) : []));
      ahead = await askEcs(arns);
    },
    apply: async (task) => {
      const [ecsTaskArn] = arnsOf(task);
      if (ecsTaskArn === undefined) return task;
      const { found, missing, faults } = ahead?.arns.has(ecsTaskArn)
        ? ahead
        : await askEcs([ecsTaskArn]);
      const sighting = found.find((one) => one.ecsTaskArn === ecsTaskArn);
      if (sighting) await applySighting(ports, task, { run: task.run, sighting }, 'EndedBySweep');
      else if (missing.includes(ecsTaskArn)) await tellMissing(ports, task, ecsTaskArn);
      else if (faults.length > 0) throw faults[0];
      return (await ports.tasks.read(task.taskId)) ?? task;
    },
  };
};

const arnsOf = (task: Task | undefined): readonly string[] =>
  task?.phase === 'STARTING' || task?.phase === 'RUNNING' ? [task.ecsTaskArn] : [];

const tellMissing = async (ports: SendPorts, task: Task, ecsTaskArn: string): Promise<void> => {
  const advanced = await advance(ports, task, { kind: 'missing', run: task.run, ecsTaskArn });
  if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
};
