import type { EcsTaskDefinition, NamedValue } from './definition.ts';
import { definitionOf } from './names.ts';
import type { EcsState } from './state.ts';
import type { EcsTask } from './task.ts';
import type { RuntimeOrder } from './types.ts';

/** The order to start a task's main container: definition and overrides put together. */
export const startOrderOf = (state: EcsState, task: EcsTask): RuntimeOrder => {
  const definition = definitionOf(state, task.definitionArn);
  const container = definition?.containerDefinitions.find((each) => each.name === task.main);
  const override = task.overrides.containerOverrides.find((each) => each.name === task.main);
  const command = override?.command ?? container?.command ?? undefined;
  const logs = container?.logConfiguration;
  const secrets = container?.secrets ?? [];
  return {
    kind: 'start',
    taskArn: task.arn,
    container: task.main,
    ...roleOf(task, definition),
    image: container?.image ?? '',
    environment: recordOf([...(container?.environment ?? []), ...(override?.environment ?? [])]),
    ...(secrets.length === 0 ? {} : { secrets: secretsOf(secrets) }),
    cpu: override?.cpu ?? (container?.cpu || Number(task.cpu)),
    memoryMiB: override?.memory ?? container?.memory ?? Number(task.memory),
    ...(command === undefined ? {} : { command }),
    logOptions: logs?.logDriver === 'awslogs' ? (logs.options ?? {}) : {},
  };
};

/** An override of the role replaces the definition's (ECS API, TaskOverride). */
const roleOf = (
  { overrides }: EcsTask,
  definition: EcsTaskDefinition | undefined,
): { readonly taskRoleArn?: string } => {
  const taskRoleArn = overrides.taskRoleArn ?? definition?.taskRoleArn;
  return taskRoleArn === undefined ? {} : { taskRoleArn };
};

/** The last value of a name wins, so overrides replace what the definition sets. */
const recordOf = (pairs: readonly NamedValue[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

const secretsOf = (
  secrets: readonly { readonly name: string; readonly valueFrom: string }[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.map(({ name, valueFrom }) => [name, valueFrom]));
