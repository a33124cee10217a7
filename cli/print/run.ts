import type { Verdict } from '../../shared/core/run-record.ts';
import type { Task } from '../../shared/core/task.ts';

/** How a run ended and who caused it, for people. */
export const verdictName = (verdict: Verdict): string => {
  switch (verdict) {
    case 'succeeded':
      return 'succeeded';
    case 'tool':
      return 'failed (the tool)';
    case 'outOfMemory':
      return 'out of memory';
    case 'reclaimed':
      return 'reclaimed (the platform)';
    case 'platform':
      return 'failed (the platform)';
    case 'capacity':
      return 'no capacity';
    case 'release':
      return 'failed (the release)';
    case 'deployment':
      return 'refused (the deployment)';
    case 'startTimeout':
      return 'did not start in time';
    case 'timeout':
      return 'timed out';
    case 'cancelled':
      return 'cancelled';
    case 'vanished':
      return 'vanished';
  }
};

/** The id of an ECS task, the last part of its ARN. */
export const ecsTaskId = (arn: string): string => arn.split('/').at(-1) ?? arn;

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
