import { clientError } from './errors.ts';
import { fargateSizeFault } from './fargate.ts';
import { logOptionsFault, missingLogOptions } from './log-options.ts';
import {
  anything,
  flag,
  integer,
  listOf,
  mapOf,
  object,
  optional,
  type Told,
  text,
} from './shape.ts';
import type { EcsError } from './types.ts';

export const namedValue = object({ name: text, value: text });

const container = object({
  name: text,
  image: text,
  essential: optional(flag),
  command: optional(listOf(text)),
  environment: optional(listOf(namedValue)),
  cpu: optional(integer),
  memory: optional(integer),
  memoryReservation: optional(integer),
  stopTimeout: optional(integer),
  portMappings: optional(
    listOf(object({ containerPort: optional(integer), hostPort: optional(integer) })),
  ),
  resourceRequirements: optional(listOf(object({ type: text, value: optional(text) }))),
  logConfiguration: optional(object({ logDriver: text, options: optional(mapOf(text)) })),
});

export const registerInput = object({
  family: optional(text),
  containerDefinitions: optional(listOf(container)),
  requiresCompatibilities: optional(listOf(text)),
  networkMode: optional(text),
  cpu: optional(text),
  memory: optional(text),
  taskRoleArn: optional(text),
  executionRoleArn: optional(text),
  tags: optional(listOf(object({ key: text, value: optional(text) }))),
  volumes: optional(listOf(anything)),
});

export type RegisterInput = Told<typeof registerInput>;
type ContainerInput = Told<typeof container>;

const MAX_BYTES = 64 * 1024;
const COMPATIBILITIES = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'];
const NETWORK_MODES = ['bridge', 'host', 'awsvpc', 'none'];

/** Why ECS would not register this, or undefined; the sentences are AWS's where they are known. */
export function registerFault(input: RegisterInput): EcsError | undefined {
  const sentence =
    familyFault(input.family ?? '') ??
    sizeFault(input) ??
    choiceFault(input) ??
    containersFault(input.containerDefinitions ?? []) ??
    memoryFault(input) ??
    (isFargate(input) ? fargateFault(input) : undefined);
  return sentence === undefined ? undefined : clientError(sentence);
}

export function isFargate(definition: {
  readonly requiresCompatibilities?: readonly string[] | undefined;
}): boolean {
  return definition.requiresCompatibilities?.includes('FARGATE') ?? false;
}

function familyFault(family: string): string | undefined {
  if (family === '') return 'Family should not be null or empty.';
  return /^[A-Za-z0-9_-]{1,255}$/.test(family) ? undefined : 'Family contains invalid characters.';
}

/** In UTF-8 bytes, of the body as it came. */
function sizeFault(input: RegisterInput): string | undefined {
  const bytes = utf8Length(JSON.stringify(input));
  return bytes <= MAX_BYTES
    ? undefined
    : `Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`;
}

function choiceFault(input: RegisterInput): string | undefined {
  const unknown = input.requiresCompatibilities?.find((each) => !COMPATIBILITIES.includes(each));
  if (unknown !== undefined) {
    return `Invalid requiresCompatibilities '${unknown}': expected ${COMPATIBILITIES.join(', ')}.`;
  }
  const mode = input.networkMode ?? 'bridge';
  return NETWORK_MODES.includes(mode)
    ? undefined
    : `Invalid networkMode '${mode}': expected ${NETWORK_MODES.join(', ')}.`;
}

function containersFault(containers: readonly ContainerInput[]): string | undefined {
  if (containers.length === 0) return 'Container list cannot be empty.';
  if (containers.length > 10) return 'Task definition may have at most 10 containers.';
  const names = containers.map((each) => each.name);
  const double = names.find((name, at) => names.indexOf(name) !== at);
  if (double !== undefined) return `Container.name '${double}' is not unique.`;
  if (containers.every((each) => each.essential === false)) {
    return 'Invalid setting for container list. At least one container must be essential.';
  }
  return containers.map(containerFault).find((fault) => fault !== undefined);
}

function containerFault({
  name,
  image,
  stopTimeout,
  logConfiguration,
}: ContainerInput): string | undefined {
  if (name === '') return 'Container.name should not be null or empty.';
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) return 'Container.name contains invalid characters.';
  if (image === '') return 'Container.image should not be null or empty.';
  if (image.length > 255 || /\s/.test(image)) return 'Container.image contains invalid characters.';
  if ((stopTimeout ?? 0) < 0) return 'Container.stopTimeout must not be negative.';
  return logOptionsFault(logConfiguration);
}

/** A container without memory of its own lives on the task's (ECS API, RunTask). */
function memoryFault(input: RegisterInput): string | undefined {
  if (input.memory !== undefined) return undefined;
  const without = input.containerDefinitions?.find(
    (each) => (each.memory ?? each.memoryReservation ?? 0) <= 0,
  );
  return without === undefined
    ? undefined
    : `Invalid setting for container '${without.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`;
}

function fargateFault(input: RegisterInput): string | undefined {
  const containers = input.containerDefinitions ?? [];
  if (input.networkMode !== 'awsvpc') return "Fargate only supports network mode 'awsvpc'.";
  const size = fargateSizeFault(input.cpu, input.memory);
  if (size !== undefined) return size;
  if (containers.some((each) => (each.stopTimeout ?? 0) > 120)) {
    return 'Fargate supports a stopTimeout of at most 120 seconds.';
  }
  if (containers.some((each) => each.resourceRequirements?.some(({ type }) => type === 'GPU'))) {
    return 'Fargate does not support GPU resource requirements.';
  }
  return (
    executionRoleFault(input, containers) ??
    missingLogOptions(containers.map((each) => each.logConfiguration)) ??
    shareFault(input, containers)
  );
}

function executionRoleFault(
  input: RegisterInput,
  containers: readonly ContainerInput[],
): string | undefined {
  if (input.executionRoleArn !== undefined) return undefined;
  if (containers.some((each) => each.logConfiguration?.logDriver === 'awslogs')) {
    return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
  }
  return containers.some((each) => /^\d{12}\.dkr\.ecr\./.test(each.image))
    ? 'Fargate requires task definition to have execution role ARN to support ECR images.'
    : undefined;
}

function shareFault(
  input: RegisterInput,
  containers: readonly ContainerInput[],
): string | undefined {
  const sum = (part: (each: ContainerInput) => number | undefined) =>
    containers.reduce((total, each) => total + (part(each) ?? 0), 0);
  if (sum((each) => each.cpu) > Number(input.cpu)) {
    return "The sum of the containers' cpu must not be over the task's cpu.";
  }
  return sum((each) => each.memoryReservation ?? each.memory) > Number(input.memory)
    ? "The sum of the containers' memory must not be over the task's memory."
    : undefined;
}

function utf8Length(value: string): number {
  return new TextEncoder().encode(value).length;
}
