import { describe, expect, it } from 'vitest';
import { definitionDigestOf, definitionInputOf } from '../../shared/aws/definition-call.ts';
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

  const whole: Partial<ToolSpec> = {
    command: ['-i', '{input.url}'],
    environment: { LANG: 'C', A: 'a' },
    secrets: { KEY: 'arn:aws:ssm:eu-central-1:123456789012:parameter/film/key' },
    diskGiB: 100,
    architecture: 'arm64',
  };

  it.each([
    ['with the least', {}],
    ['with everything', whole],
  ])('%s is one that ECS takes', (_what, spec) => {
    const { taskDefinition } = newWorld().ask('RegisterTaskDefinition', inputWith(spec));
    expect(taskDefinition).toMatchObject(inputWith(spec));
  });

  it('gives the container an init process: a program with PID 1 would ignore SIGTERM', () => {
    expect(containerWith()).toMatchObject({ linuxParameters: { initProcessEnabled: true } });
  });

  it('has the container’s settings of tools.yml, sorted by name', () => {
    const { secrets = {} } = whole;
    expect(containerWith(whole)).toMatchObject({
      environment: [
        { name: 'A', value: 'a' },
        { name: 'LANG', value: 'C' },
      ],
      secrets: [{ name: 'KEY', valueFrom: secrets.KEY }],
    });
    expect(inputWith(whole)).toMatchObject({
      ephemeralStorage: { sizeInGiB: 100 },
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    });
    expect(inputWith().runtimePlatform).toMatchObject({ cpuArchitecture: 'X86_64' });
    expect(inputWith(whole, 'hosts')).not.toHaveProperty('ephemeralStorage');
  });

  it('has a command without placeholders as the container gets it, and one with placeholders as tools.yml has it', () => {
    expect(containerWith({ command: ['-v', '{{x}}'] })?.command).toEqual(['-v', '{x}']);
    expect(containerWith({ command: ['{input.a}', '{{x}}'] })?.command).toEqual([
      '{input.a}',
      '{{x}}',
    ]);
    expect(containerWith()).not.toHaveProperty('command');
  });

  it.each([
    ['command', { command: ['-version'] }],
    ['environment', { environment: { LANG: 'C' } }],
    ['secrets', { secrets: { KEY: 'arn:aws:ssm:eu-central-1:123456789012:parameter/key' } }],
    ['diskGiB', { diskGiB: 50 }],
    ['architecture', { architecture: 'arm64' }],
  ] as const)('has another digest when %s changes', (_key, spec) => {
    const digestWith = (some: Partial<ToolSpec>) =>
      definitionDigestOf(definitionSite, {
        tool: 'echo',
        version: '1.0.0',
        spec: { ...echoSpec, ...some },
      });
    expect(digestWith(spec)).not.toBe(digestWith({}));
    expect(digestWith(structuredClone(spec))).toBe(digestWith(spec));
  });

  it('names its image by digest, so that pushing a tag again changes no retry', () => {
    const release = { tool: 'echo', version: '1.0.0', spec: echoSpec };
    const imageWith = (imageDigest: string) =>
      definitionInputOf(definitionSite, { ...release, imageDigest }, 'fargate')
        .containerDefinitions[0]?.image;
    expect(imageWith('sha256:abc')).toBe(`${definitionSite.registry}/echo@sha256:abc`);
    const digests = ['sha256:abc', 'sha256:def'].map((imageDigest) =>
      definitionDigestOf(definitionSite, { ...release, imageDigest }),
    );
    expect(digests[0]).not.toBe(digests[1]);
  });

  it('names an image of another registry as tools.yml does, with the version as its tag', () => {
    const image = 'public.ecr.aws/docker/library/alpine';
    expect(containerWith({ image })?.image).toBe(`${image}:1.0.0`);
    const pinned = `${image}@sha256:${'a'.repeat(64)}`;
    expect(containerWith({ image: pinned })?.image).toBe(pinned);
  });
});
