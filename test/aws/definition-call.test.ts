import { describe, expect, it } from 'vitest';
import { definitionInputOf } from '../../shared/aws/definition-call.ts';
import type { HostKind, ToolSpec } from '../../shared/core/tool.ts';
import { definitionSite, echoSpec } from '../kit/site.ts';
import { newWorld } from '../models/ecs/kit.ts';

const inputWith = (spec: Partial<ToolSpec> = {}, kind: HostKind = 'fargate') =>
  definitionInputOf(
    definitionSite,
    { tool: 'echo', version: '1.0.0', spec: { ...echoSpec, ...spec } },
    kind,
  );

const containerWith = (spec: Partial<ToolSpec> = {}) => inputWith(spec).containerDefinitions[0];

describe('a task definition', () => {
  it.each(['fargate', 'hosts'] as const)(
    'says for %s how its logs are buffered, since the default of ECS drops lines',
    (kind) => {
      const [container] = inputWith({}, kind).containerDefinitions;
      expect(container?.logConfiguration.options).toEqual({
        'awslogs-group': '/davit/test/tools',
        'awslogs-region': 'eu-central-1',
        'awslogs-stream-prefix': 'tool',
        mode: 'non-blocking',
        'max-buffer-size': '25m',
      });
    },
  );

  it('is one that ECS takes', () => {
    const { taskDefinition } = newWorld().ask('RegisterTaskDefinition', inputWith());
    expect(taskDefinition?.containerDefinitions).toMatchObject([containerWith()]);
  });
});
