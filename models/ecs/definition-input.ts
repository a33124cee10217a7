import * as v from 'valibot';
import { flag, integer, listOf, mapOf, object, optional, text } from './input.ts';

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
  volumes: optional(listOf(v.unknown())),
});

export type RegisterInput = v.InferOutput<typeof registerInput>;
export type ContainerInput = v.InferOutput<typeof container>;

export const isFargate = (definition: {
  readonly requiresCompatibilities?: readonly string[] | undefined;
}): boolean => definition.requiresCompatibilities?.includes('FARGATE') ?? false;
