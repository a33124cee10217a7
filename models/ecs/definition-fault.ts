import type { EcsError } from './call.ts';
import { containersFault, secretsFault } from './container-fault.ts';
import { type ContainerInput, isFargate, type RegisterInput } from './definition-input.ts';
import { clientError } from './errors.ts';
import { fargateSizeFault } from './fargate.ts';
import { missingLogOptions } from './log-options.ts';

/** Why ECS refuses to register this, or undefined. The sentences are AWS's where they are known. */
export const registerFault = (input: RegisterInput): EcsError | undefined => {
  const sentence =
    familyFault(input.family ?? '') ??
    sizeFault(input) ??
    choiceFault(input) ??
    platformFault(input.runtimePlatform) ??
    diskFault(input) ??
    secretsFault(input) ??
    containersFault(input.containerDefinitions ?? []) ??
    memoryFault(input) ??
    (isFargate(input) ? fargateFault(input) : undefined);
  return sentence === undefined ? undefined : clientError(sentence);
};

const familyFault = (family: string): string | undefined => {
  if (family === '') return 'Family should not be null or empty.';
  return /^[A-Za-z0-9_-]{1,255}$/.test(family) ? undefined : 'Family contains invalid characters.';
};

const maxBytes = 64 * 1024;

/** The size of the whole body in UTF-8 bytes. */
const sizeFault = (input: RegisterInput): string | undefined => {
  const bytes = utf8Length(JSON.stringify(input));
  return bytes <= maxBytes
    ? undefined
    : `Actual length: '${bytes}'. Max allowed length is '${maxBytes}' bytes.`;
};

const utf8Length = (value: string): number => new TextEncoder().encode(value).length;

const compatibilities = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'];

const networkModes = ['bridge', 'host', 'awsvpc', 'none'];

const choiceFault = (input: RegisterInput): string | undefined => {
  const unknown = input.requiresCompatibilities?.find((each) => !compatibilities.includes(each));
  if (unknown !== undefined) {
    return `Invalid requiresCompatibilities '${unknown}': expected ${compatibilities.join(', ')}.`;
  }
  const mode = input.networkMode ?? 'bridge';
  return networkModes.includes(mode)
    ? undefined
    : `Invalid networkMode '${mode}': expected ${networkModes.join(', ')}.`;
};

const architectures = ['X86_64', 'ARM64'];
const systems = /^(LINUX|WINDOWS_SERVER_[A-Z0-9_]+)$/;

/** The rules are AWS's (ECS API, RuntimePlatform and EphemeralStorage); the sentences about platform and disk are ours. */
const platformFault = (platform: RegisterInput['runtimePlatform']): string | undefined => {
  const { cpuArchitecture = 'X86_64', operatingSystemFamily = 'LINUX' } = platform ?? {};
  if (!architectures.includes(cpuArchitecture)) {
    return `Invalid cpuArchitecture '${cpuArchitecture}': expected ${architectures.join(', ')}.`;
  }
  return systems.test(operatingSystemFamily)
    ? undefined
    : `Invalid operatingSystemFamily '${operatingSystemFamily}': expected LINUX or a name that begins with WINDOWS_SERVER_.`;
};

const diskFault = (input: RegisterInput): string | undefined => {
  const { sizeInGiB = 21 } = input.ephemeralStorage ?? {};
  if (input.ephemeralStorage !== undefined && !isFargate(input)) {
    return 'Invalid ephemeralStorage: only Fargate supports it.';
  }
  return sizeInGiB >= 21 && sizeInGiB <= 200
    ? undefined
    : `Invalid ephemeralStorage: sizeInGiB must be from 21 to 200, not ${sizeInGiB}.`;
};

/** A container without its own memory limit shares the task's memory (ECS API, RunTask). */
const memoryFault = (input: RegisterInput): string | undefined => {
  if (input.memory !== undefined) return undefined;
  const without = input.containerDefinitions?.find(
    (each) => (each.memory ?? each.memoryReservation ?? 0) <= 0,
  );
  return without === undefined
    ? undefined
    : `Invalid setting for container '${without.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`;
};

const fargateFault = (input: RegisterInput): string | undefined => {
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
};

const executionRoleFault = (
  input: RegisterInput,
  containers: readonly ContainerInput[],
): string | undefined => {
  if (input.executionRoleArn !== undefined) return undefined;
  if (containers.some((each) => each.logConfiguration?.logDriver === 'awslogs')) {
    return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
  }
  return containers.some((each) => /^\d{12}\.dkr\.ecr\./.test(each.image))
    ? 'Fargate requires task definition to have execution role ARN to support ECR images.'
    : undefined;
};

const shareFault = (
  input: RegisterInput,
  containers: readonly ContainerInput[],
): string | undefined => {
  const sum = (part: (each: ContainerInput) => number | undefined) =>
    containers.reduce((total, each) => total + (part(each) ?? 0), 0);
  if (sum((each) => each.cpu) > Number(input.cpu)) {
    return "The sum of the containers' cpu must not be more than the task's cpu.";
  }
  return sum((each) => each.memoryReservation ?? each.memory) > Number(input.memory)
    ? "The sum of the containers' memory must not be more than the task's memory."
    : undefined;
};
