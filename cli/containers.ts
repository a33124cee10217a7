import type { Task } from '../shared/core/task.ts';

/** A run that got a container. */
export interface Container {
  readonly run: number;
  readonly ecsTaskArn: string;
}

/** The containers in a row, oldest first. */
export const containersOf = (task: Task): readonly Container[] => {
  const past = task.runs.flatMap(({ run, ecsTaskArn }) =>
    ecsTaskArn ? [{ run, ecsTaskArn }] : [],
  );
  const isNew = 'ecsTaskArn' in task && past.at(-1)?.run !== task.run;
  return isNew && task.ecsTaskArn
    ? [...past, { run: task.run, ecsTaskArn: task.ecsTaskArn }]
    : past;
};
