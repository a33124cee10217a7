import type { ContainerInput, RegisterInput } from './definition-input.ts';
import { logOptionsFault } from './log-options.ts';

/** Why ECS refuses these containers, or undefined. */
export const containersFault = (containers: readonly ContainerInput[]): string | undefined => {
  if (containers.length === 0) return 'Container list cannot be empty.';
  if (containers.length > 10) return 'Task definition may have at most 10 containers.';
  const names = containers.map((each) => each.name);
  const double = names.find((name, at) => names.indexOf(name) !== at);
  if (double !== undefined) return `Container.name '${double}' is not unique.`;
  if (containers.every((each) => each.essential === false)) {
    return 'Invalid setting for container list. At least one container must be essential.';
  }
  return containers.map(containerFault).find((fault) => fault !== undefined);
};

/** Why ECS refuses the secrets of the containers, or undefined. */
export const secretsFault = (input: RegisterInput): string | undefined => {
  const containers = input.containerDefinitions ?? [];
  const named = containers.some((each) => (each.secrets?.length ?? 0) > 0);
  if (named && input.executionRoleArn === undefined) {
    return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.";
  }
  return containers.map(namesFault).find((fault) => fault !== undefined);
};

const containerFault = ({
  name,
  image,
  stopTimeout,
  logConfiguration,
}: ContainerInput): string | undefined => {
  if (name === '') return 'Container.name should not be null or empty.';
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) return 'Container.name contains invalid characters.';
  if (image === '') return 'Container.image should not be null or empty.';
  if (image.length > 255 || /\s/.test(image)) return 'Container.image contains invalid characters.';
  if ((stopTimeout ?? 0) < 0) return 'Container.stopTimeout must not be negative.';
  return logOptionsFault(logConfiguration);
};

const namesFault = ({ environment = [], secrets = [] }: ContainerInput): string | undefined => {
  if (secrets.some(({ name, valueFrom }) => name === '' || valueFrom === '')) {
    return 'Invalid secret: name and valueFrom must not be empty.';
  }
  const names = [...environment, ...secrets].map(({ name }) => name);
  const double = secrets.find(({ name }) => names.indexOf(name) !== names.lastIndexOf(name));
  return double === undefined
    ? undefined
    : `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${double.name}'.`;
};
