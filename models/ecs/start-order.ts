import { present } from '../present.ts';
import type { NamedValue } from './definition.ts';
import { definitionOf } from './names.ts';
import type { RuntimeOrder } from './runtime.ts';
import type { EcsState } from './state.ts';
import type { EcsTask } from './task.ts';

/** The order to start a task's main container, from its definition and its overrides. */
export const startOrderOf = (state: EcsState, task: EcsTask): RuntimeOrder => {
  const definition = definitionOf(state, task.definitionArn);
  const container = definition?.containerDefinitions.find((each) => each.name === task.main);
  const override = task.overrides.containerOverrides.find((each) => each.name === task.main);
  const logs = container?.logConfiguration;
  return {
    kind: 'start',
    taskArn: task.arn,
    container: task.main,
    image: container?.image ?? '',
    environment: recordOf([...(container?.environment ?? []), ...(override?.environment ?? [])]),
    cpu: override?.cpu ?? (container?.cpu || Number(task.cpu)),
    memoryMiB: override?.memory ?? container?.memory ?? Number(task.memory),
    ...present({
      // An override of the role replaces the definition's (ECS API, TaskOverride).
      taskRoleArn: task.overrides.taskRoleArn ?? definition?.taskRoleArn,
      command: override?.command ?? container?.command,
      secrets: secretsOf(container?.secrets ?? []),
    }),
    logOptions: logs?.logDriver === 'awslogs' ? (logs.options ?? {}) : {},
  };
};

/** The last value of a name counts, so overrides replace the values of the definition. */
const recordOf = (pairs: readonly NamedValue[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

const secretsOf = (
  secrets: readonly { readonly name: string; readonly valueFrom: string }[],
): Readonly<Record<string, string>> | undefined =>
  secrets.length === 0
    ? undefined
    : Object.fromEntries(secrets.map(({ name, valueFrom }) => [name, valueFrom]));
