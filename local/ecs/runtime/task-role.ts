import type { RuntimeOrder } from '../../../models/ecs/runtime.ts';
import { type TaskKeys, taskKeysPath } from '../../endpoint/task-keys.ts';
import type { RuntimeFactory } from './runtime.ts';

/** Where containers reach AWS, and the keys of their roles. */
export interface TaskRoles {
  readonly keys: Pick<TaskKeys, 'open' | 'close'>;
  readonly endpointUrl: () => string;
  readonly region: string;
}

/**
 * Gives each container the variables that ECS sets: its region, and for a task with a role an address of that role's keys, which
 * works until the run ends. ECS serves the keys at a link-local address that only containers reach. Here it is a loopback address
 * with a token, as the SDKs accept it (SDKs guide, container credential provider). AWS_ENDPOINT_URL, which ECS does not set, is the
 * address of the local AWS.
 */
export const withTaskRoles =
  (roles: TaskRoles, make: RuntimeFactory): RuntimeFactory =>
  (report) => {
    const runtime = make((one) => {
      if (one.kind !== 'started') roles.keys.close(one.taskArn);
      report(one);
    });
    return {
      ...runtime,
      carryOut: (order) =>
        runtime.carryOut(order.kind === 'start' ? withEnvironment(order, roles) : order),
    };
  };

type Start = Extract<RuntimeOrder, { kind: 'start' }>;

/** A variable of the task definition replaces one of these, except those of the keys. */
const withEnvironment = (order: Start, roles: TaskRoles): Start => ({
  ...order,
  environment: { ...placeOf(roles), ...order.environment, ...keysOf(order, roles) },
});

/** As in the ECS guide, environment variables. */
const placeOf = ({ region, endpointUrl }: TaskRoles): Readonly<Record<string, string>> => ({
  AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ENDPOINT_URL: endpointUrl(),
});

const keysOf = (
  { taskArn, taskRoleArn }: Start,
  { keys, endpointUrl }: TaskRoles,
): Readonly<Record<string, string>> =>
  taskRoleArn === undefined
    ? {}
    : {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpointUrl()}${taskKeysPath}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: keys.open(taskArn, taskRoleArn),
      };
