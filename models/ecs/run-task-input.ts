import type * as v from 'valibot';
import { namedValue } from './definition-input.ts';
import { flag, integer, listOf, object, optional, text } from './input.ts';

const containerOverride = object({
  name: text,
  command: optional(listOf(text)),
  environment: optional(listOf(namedValue)),
  cpu: optional(integer),
  memory: optional(integer),
});

const overrides = object({
  containerOverrides: optional(listOf(containerOverride)),
  cpu: optional(text),
  memory: optional(text),
  taskRoleArn: optional(text),
});

export const runTaskInput = object({
  cluster: optional(text),
  taskDefinition: optional(text),
  count: optional(integer),
  clientToken: optional(text),
  startedBy: optional(text),
  group: optional(text),
  launchType: optional(text),
  capacityProviderStrategy: optional(
    listOf(object({ capacityProvider: text, weight: optional(integer), base: optional(integer) })),
  ),
  networkConfiguration: optional(
    object({
      awsvpcConfiguration: optional(
        object({
          subnets: listOf(text),
          securityGroups: optional(listOf(text)),
          assignPublicIp: optional(text),
        }),
      ),
    }),
  ),
  overrides: optional(overrides),
  platformVersion: optional(text),
  propagateTags: optional(text),
  enableExecuteCommand: optional(flag),
  tags: optional(listOf(object({ key: text, value: optional(text) }))),
});

export type RunTaskInput = v.InferOutput<typeof runTaskInput>;
