import type { RuntimeOrder } from '../../../models/ecs/runtime.ts';
import type { LogStore } from '../../logs/log-store.ts';

/** The order to start a container. */
export type Start = Extract<RuntimeOrder, { kind: 'start' }>;

/** The id of an ECS task, which its ARN ends with. */
export const taskIdOf = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf('/') + 1);

/** Writes lines to the log stream of a run. Without a log group they are dropped, as on ECS. */
export const writerOf = (order: Start, logs: LogStore): ((lines: readonly string[]) => void) => {
  const group = order.logOptions['awslogs-group'];
  const prefix = order.logOptions['awslogs-stream-prefix'];
  if (group === undefined) return () => {};
  const stream = `${prefix}/${order.container}/${taskIdOf(order.taskArn)}`;
  return (lines) => logs.append(group, stream, lines);
};
