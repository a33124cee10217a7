import { stage } from '../../../template/aws-account.ts';
import { type Start, taskIdOf } from '../run-names.ts';

/** The label by which a stack knows its own containers. Its value is random, so no container of others has it. */
export const stackLabel = 'davit.stack';

/** The labels of a run's container: its stack and stage, and the task, the run and the ECS task that it belongs to. */
export const labelsOf = (order: Start, stack: string): Readonly<Record<string, string>> => ({
  [stackLabel]: stack,
  'davit.stage': stage,
  'davit.task': order.environment.DAVIT_TASK_ID ?? '',
  'davit.run': order.environment.DAVIT_RUN ?? '',
  'davit.ecs-task': taskIdOf(order.taskArn),
});

/** The name of a run's container, by which it is found also when the answer to its creation was lost. */
export const nameOf = (order: Start, stack: string): string =>
  `davit-${stack.slice(0, 8)}-${taskIdOf(order.taskArn)}`;
