import type { EcsError } from './call.ts';
import type { EcsTaskDefinition } from './definition.ts';
import { invalidParameter, platformUnknown } from './errors.ts';
import { fargateSizeFault } from './fargate.ts';
import type { RunTaskInput } from './run-task-input.ts';

const platformVersions = ['LATEST', '1.4.0', '1.3.0'];

/** Why ECS refuses the call with any task definition, or undefined. */
export const inputFault = (input: RunTaskInput): EcsError | undefined => {
  const sentence = nameFault(input) ?? countFault(input) ?? tagFault(input) ?? networkFault(input);
  if (sentence !== undefined) return invalidParameter(sentence);
  return platformVersions.includes(input.platformVersion ?? 'LATEST')
    ? undefined
    : platformUnknown();
};

/** Why ECS refuses the call for this definition, or undefined. */
export const fitFault = (
  input: RunTaskInput,
  definition: EcsTaskDefinition,
): EcsError | undefined => {
  const sentence =
    modeFault(input, definition) ??
    overrideFault(input, definition) ??
    roleFault(input, definition);
  return sentence === undefined ? undefined : invalidParameter(sentence);
};

const nameFault = ({
  taskDefinition,
  clientToken,
  startedBy,
}: RunTaskInput): string | undefined => {
  if ((taskDefinition ?? '') === '') return 'TaskDefinition can not be null or empty.';
  if (clientToken !== undefined && !/^[!-~]{1,64}$/.test(clientToken)) {
    return 'clientToken must be 1 to 64 printable ASCII characters (33-126).';
  }
  if (startedBy === undefined) return undefined;
  if (startedBy.length > 128) return 'startedBy must be at most 128 characters.';
  return /^[A-Za-z0-9_/-]*$/.test(startedBy)
    ? undefined
    : 'startedBy may contain letters, numbers, hyphens, forward slashes and underscores only.';
};

/** The length of the overrides as JSON, in characters (ECS API, RunTask). */
const maxOverrides = 8192;

const countFault = ({ count, overrides: given }: RunTaskInput): string | undefined => {
  if ((count ?? 1) < 1 || (count ?? 1) > 10) return 'Count must be between 1 and 10.';
  return given !== undefined && JSON.stringify(given).length > maxOverrides
    ? `Container Overrides length must be at most ${maxOverrides}`
    : undefined;
};

const tagFault = ({ tags, propagateTags }: RunTaskInput): string | undefined => {
  if (propagateTags !== undefined && propagateTags !== 'TASK_DEFINITION') {
    return `propagateTags must be TASK_DEFINITION for a standalone task, not ${propagateTags}.`;
  }
  if ((tags?.length ?? 0) > 50) return 'A task can have at most 50 tags.';
  return tags?.some(
    ({ key, value }) => key === '' || key.length > 128 || (value ?? '').length > 256,
  )
    ? 'A tag key has 1 to 128 characters, its value at most 256.'
    : undefined;
};

const networkFault = ({ networkConfiguration }: RunTaskInput): string | undefined => {
  const network = networkConfiguration?.awsvpcConfiguration;
  if (network === undefined) return undefined;
  if (network.subnets.length === 0) return 'subnets can not be empty.';
  if (network.subnets.length > 16) return 'subnets can have at most 16 items.';
  if ((network.securityGroups?.length ?? 0) > 5) return 'securityGroups can have at most 5 items.';
  return ['ENABLED', 'DISABLED'].includes(network.assignPublicIp ?? 'DISABLED')
    ? undefined
    : `assignPublicIp must be ENABLED or DISABLED, not ${network.assignPublicIp}.`;
};

const modeFault = (input: RunTaskInput, { networkMode }: EcsTaskDefinition): string | undefined => {
  const given = input.networkConfiguration?.awsvpcConfiguration !== undefined;
  if (networkMode === 'awsvpc' && !given) {
    return "Network Configuration must be provided when networkMode 'awsvpc' is specified.";
  }
  return networkMode !== 'awsvpc' && given
    ? 'Network Configuration is not valid for the given networkMode of this task definition.'
    : undefined;
};

const overrideFault = (input: RunTaskInput, definition: EcsTaskDefinition): string | undefined => {
  const names = definition.containerDefinitions.map((each) => each.name);
  const stray = input.overrides?.containerOverrides?.find((each) => !names.includes(each.name));
  if (stray !== undefined) {
    return `Override for container named ${stray.name} is not a container in the TaskDefinition.`;
  }
  return definition.compatibilities.includes('FARGATE')
    ? fargateSizeFault(
        input.overrides?.cpu ?? definition.cpu,
        input.overrides?.memory ?? definition.memory,
      )
    : undefined;
};

const roleFault = (input: RunTaskInput, { taskRoleArn }: EcsTaskDefinition): string | undefined => {
  const role = input.overrides?.taskRoleArn ?? taskRoleArn;
  return input.enableExecuteCommand === true && role === undefined
    ? 'The service couldn’t enable execute command because a valid taskRoleArn is not being used.'
    : undefined;
};
