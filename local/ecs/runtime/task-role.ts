import type { RuntimeOrder } from '../../../models/ecs/types.ts';
import { type TaskKeys, taskKeysPath } from '../../endpoint/task-keys.ts';
import type { RuntimeFactory } from './runtime.ts';

/** Where containers find AWS, and the keys of their role. */
export interface TaskRoles {
  readonly keys: Pick<TaskKeys, 'open' | 'close'>;
  readonly endpointUrl: () => string;
  readonly region: string;
}

/**
 * Gives each container what ECS sets: its region, and for a task with a role a way to that role's keys, which ends with the run.
 * ECS serves them at a link-local address that only containers reach; here it is a loopback address with a token, as the
 * SDKs take it (SDKs guide, container credential provider), and AWS_ENDPOINT_URL, which ECS does not set, leads to the local AWS.
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

/** What the definition sets wins, but for the keys. */
const withEnvironment = (order: Start, roles: TaskRoles): Start => ({
  ...order,
  environment: { ...placeOf(roles), ...order.environment, ...keysOf(order, roles) },
});

/** By the ECS guide, environment variables. */
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
