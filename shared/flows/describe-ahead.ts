import type { Task } from '../core/task.ts';
import { applyMissing, applySighting } from './apply-sighting.ts';
import { type Descriptions, describeAll } from './describe.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';

const atOnce = 20;

/** Asks ECS about the runs of many due rows with one call. Each answer is applied when the turn of its row comes. */
export interface DescribedAhead {
  /** Asks ECS about the runs of these rows, a hundred a call. Never throws. */
  readonly ask: (taskIds: readonly string[]) => Promise<void>;
  /** Applies to the row what ECS said of its run, and answers the row as it is then. Throws when ECS did not answer. */
  readonly apply: (task: Task) => Promise<Task>;
}

interface Asked extends Descriptions {
  readonly arns: ReadonlySet<string>;
}

/** Begins without any answers. */
export const describeAhead = (ports: SendPorts): DescribedAhead => {
  const askEcs = async (arns: readonly string[]): Promise<Asked> => ({
    arns: new Set(arns),
    ...(await describeAll(ports.runs, arns)),
  });

  let ahead: Asked | undefined;

  return {
    ask: async (taskIds) => {
      const rows = await eachAtMost(taskIds, atOnce, ports.tasks.read);
      // A row that cannot be read here is read again when its turn comes, and logged there.
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
      else if (missing.includes(ecsTaskArn))
        await applyMissing(ports, task, { run: task.run, ecsTaskArn });
      else if (faults.length > 0) throw faults[0];
      return (await ports.tasks.read(task.taskId)) ?? task;
    },
  };
};

const arnsOf = (task: Task | undefined): readonly string[] =>
  task?.phase === 'STARTING' || task?.phase === 'RUNNING' ? [task.ecsTaskArn] : [];
