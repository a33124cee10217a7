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

export const namedValue = object({ name: text, value: text });

const container = object({
  name: text,
  image: text,
  essential: optional(flag),
  command: optional(listOf(text)),
  environment: optional(listOf(namedValue)),
  secrets: optional(listOf(object({ name: text, valueFrom: text }))),
  linuxParameters: optional(object({ initProcessEnabled: optional(flag) })),
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
  ephemeralStorage: optional(object({ sizeInGiB: integer })),
  runtimePlatform: optional(
    object({ cpuArchitecture: optional(text), operatingSystemFamily: optional(text) }),
  ),
  tags: optional(listOf(object({ key: text, value: optional(text) }))),
  volumes: optional(listOf(anything)),
});

export type RegisterInput = Told<typeof registerInput>;
export type ContainerInput = Told<typeof container>;

export const isFargate = (definition: {
  readonly requiresCompatibilities?: readonly string[] | undefined;
}): boolean => definition.requiresCompatibilities?.includes('FARGATE') ?? false;
