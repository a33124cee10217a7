import { describe, expect, it } from 'vitest';
import { definition, newReadyWorld, newWorld, runInput } from './kit.ts';

const [container] = definition.containerDefinitions;

const logging = (options: Readonly<Record<string, string>>) => ({
  containerDefinitions: [
    {
      ...container,
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': 'g', 'awslogs-stream-prefix': 'p', ...options },
      },
    },
  ],
});

describe('RegisterTaskDefinition', () => {
  it('counts the revisions of a family from 1, even without a change', () => {
    const world = newWorld();
    const arns = [1, 2].map(
      () => world.ask('RegisterTaskDefinition', definition).taskDefinition?.taskDefinitionArn,
    );
    const base = 'arn:aws:ecs:eu-central-1:123456789012:task-definition';
    expect(arns).toEqual([`${base}/${definition.family}:1`, `${base}/${definition.family}:2`]);
    const other = world.ask('RegisterTaskDefinition', { ...definition, family: 'other' });
    expect(other.taskDefinition?.revision).toBe(1);
  });

  it('accepts a family with the name of a method', () => {
    const world = newWorld();
    const output = world.ask('RegisterTaskDefinition', { ...definition, family: 'constructor' });
    expect(output.taskDefinition?.revision).toBe(1);
  });

  it('keeps members that it does not read, and adds the compatibilities', () => {
    const world = newWorld();
    const pidMode = 'task';
    const output = world.ask('RegisterTaskDefinition', { ...definition, pidMode });
    expect(output.taskDefinition).toMatchObject({
      pidMode,
      compatibilities: ['EC2', 'FARGATE'],
      status: 'ACTIVE',
      registeredAt: world.now / 1000,
    });
  });

  it('reads null as absent, as the protocol does', () => {
    const world = newWorld();
    const output = world.ask('RegisterTaskDefinition', { ...definition, taskRoleArn: null });
    expect(output.taskDefinition).not.toHaveProperty('taskRoleArn');
  });

  it.each([
    ['no family', { family: '' }, 'ClientException: Family should not be null or empty.'],
    ['a dot', { family: 'a.b' }, 'ClientException: Family contains invalid characters.'],
    ['a family of 256 characters', { family: 'a'.repeat(256) }, 'ClientException: Family contains'],
    ['no containers', { containerDefinitions: [] }, 'ClientException: Container list cannot'],
    ['a wrong type', { cpu: 256 }, 'SerializationException: cpu must be a string'],
    [
      'another network',
      { networkMode: 'bridge' },
      'ClientException: Fargate only supports network',
    ],
    ['no cpu', { cpu: null }, "ClientException: Fargate requires that 'cpu' be defined"],
    [
      'a size that Fargate does not offer',
      { cpu: '256', memory: '4096' },
      'ClientException: No Fargate configuration',
    ],
    [
      'a memory between two steps',
      { cpu: '8192', memory: '17408' },
      'ClientException: No Fargate configuration',
    ],
    ['no execution role', { executionRoleArn: null }, 'ClientException: Fargate requires task def'],
    [
      'an unknown compatibility',
      { requiresCompatibilities: ['MOON'] },
      'ClientException: Invalid requ',
    ],
    [
      'two containers with one name',
      { containerDefinitions: [container, container] },
      "ClientException: Container.name 'tool' is not unique.",
    ],
    [
      'no essential container',
      { containerDefinitions: [{ ...container, essential: false }] },
      'ClientException: Invalid setting for container list. At least one',
    ],
    [
      'a GPU on Fargate',
      {
        containerDefinitions: [
          { ...container, resourceRequirements: [{ type: 'GPU', value: '1' }] },
        ],
      },
      'ClientException: Fargate does not support GPU',
    ],
    [
      'logs without a stream prefix',
      {
        containerDefinitions: [
          {
            ...container,
            logConfiguration: {
              logDriver: 'awslogs',
              options: { 'awslogs-group': 'g' },
            },
          },
        ],
      },
      'ClientException: Log driver awslogs requires options: awslogs-stream-prefix.',
    ],
    [
      'an unknown option of the log driver',
      logging({ 'awslogs-group-name': 'g', Mode: 'blocking' }),
      'ClientException: Log driver awslogs disallows options: awslogs-group-name, Mode',
    ],
    [
      'an unknown mode of the log driver',
      logging({ mode: 'lossless' }),
      "ClientException: Log driver awslogs option 'mode' should be",
    ],
    [
      'a buffer without its mode',
      logging({ 'max-buffer-size': '25m' }),
      "ClientException: Log driver awslogs option 'max-buffer-size' is only",
    ],
    [
      'a buffer with a blocking driver',
      logging({ mode: 'blocking', 'max-buffer-size': '25m' }),
      "ClientException: Log driver awslogs option 'max-buffer-size' is only",
    ],
    [
      'a buffer that is not a size',
      logging({ mode: 'non-blocking', 'max-buffer-size': 'large' }),
      "ClientException: Log driver awslogs option 'max-buffer-size' should be",
    ],
    [
      'a log group that must not be created',
      logging({ 'awslogs-create-group': 'false' }),
      "option 'awslogs-create-group' should only be set to 'true', else omit option.",
    ],
    [
      'a secret without an execution role',
      {
        requiresCompatibilities: ['EC2'],
        executionRoleArn: null,
        containerDefinitions: [{ ...container, secrets: [{ name: 'KEY', valueFrom: 'arn' }] }],
      },
      "ClientException: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      'a secret and a variable with one name',
      { containerDefinitions: [{ ...container, secrets: [{ name: 'FROM', valueFrom: 'arn' }] }] },
      'ClientException: The secret name must be unique and not shared with any new or existing environment variables',
    ],
    [
      'a secret without a source',
      { containerDefinitions: [{ ...container, secrets: [{ name: 'KEY', valueFrom: '' }] }] },
      'ClientException: Invalid secret',
    ],
    [
      'a disk size that Fargate does not offer',
      { ephemeralStorage: { sizeInGiB: 20 } },
      'ClientException: Invalid ephemeralStorage',
    ],
    [
      'a disk outside Fargate',
      { requiresCompatibilities: ['EC2'], ephemeralStorage: { sizeInGiB: 50 } },
      'ClientException: Invalid ephemeralStorage',
    ],
    [
      'an unknown processor architecture',
      { runtimePlatform: { cpuArchitecture: 'arm64', operatingSystemFamily: 'LINUX' } },
      "ClientException: Invalid cpuArchitecture 'arm64'",
    ],
    [
      'an unknown operating system',
      { runtimePlatform: { operatingSystemFamily: 'BSD' } },
      "ClientException: Invalid operatingSystemFamily 'BSD'",
    ],
    [
      'an initProcessEnabled that is not a boolean',
      {
        containerDefinitions: [{ ...container, linuxParameters: { initProcessEnabled: 'true' } }],
      },
      'SerializationException: containerDefinitions[0].linuxParameters.initProcessEnabled must be',
    ],
    [
      'a stopTimeout that is too long',
      { containerDefinitions: [{ ...container, stopTimeout: 121 }] },
      'ClientException: Fargate supports a stopTimeout of at most 120',
    ],
    [
      'containers with more cpu than the task',
      { containerDefinitions: [{ ...container, cpu: 512 }] },
      "ClientException: The sum of the containers' cpu",
    ],
    [
      'more than 64 KiB',
      { containerDefinitions: [{ ...container, command: ['x'.repeat(65_536)] }] },
      'ClientException: Actual length',
    ],
  ])('refuses %s', (_what, wrong, sentence) => {
    const refusal = newWorld().refusal('RegisterTaskDefinition', { ...definition, ...wrong });
    expect(refusal).toContain(sentence);
  });

  it.each([
    ['256', '2048'],
    ['512', '1024'],
    ['4096', '30720'],
    ['16384', '122880'],
  ])('accepts the Fargate size of %s cpu units and %s MiB', (cpu, memory) => {
    const output = newWorld().ask('RegisterTaskDefinition', { ...definition, cpu, memory });
    expect(output.taskDefinition).toMatchObject({ cpu, memory });
  });

  it('requires a memory limit of the task or of each container outside Fargate', () => {
    const bare = { family: 'bare', containerDefinitions: [{ name: 'tool', image: 'tool' }] };
    const world = newWorld();
    expect(world.refusal('RegisterTaskDefinition', bare)).toContain("'memory'");
    const [tool] = bare.containerDefinitions;
    const good = { ...bare, containerDefinitions: [{ ...tool, memory: 64 }] };
    expect(world.ask('RegisterTaskDefinition', good).taskDefinition?.networkMode).toBe('bridge');
  });
});

describe('DescribeTaskDefinition', () => {
  it('finds by family, by revision and by ARN', () => {
    const world = newReadyWorld();
    const second = world.ask('RegisterTaskDefinition', definition).taskDefinition;
    const revisions = [
      definition.family,
      `${definition.family}:1`,
      second?.taskDefinitionArn ?? '',
    ].map(
      (taskDefinition) =>
        world.ask('DescribeTaskDefinition', { taskDefinition }).taskDefinition?.revision,
    );
    expect(revisions).toEqual([2, 1, 2]);
  });

  it('refuses names that were not registered, also those of Object.prototype', () => {
    const world = newReadyWorld();
    for (const taskDefinition of ['nothing', `${definition.family}:9`, 'constructor', '']) {
      expect(world.refusal('DescribeTaskDefinition', { taskDefinition })).toBe(
        'ClientException: Unable to describe task definition.',
      );
    }
  });
});

describe('DeregisterTaskDefinition', () => {
  it('leaves a revision that can be described but not started', () => {
    const world = newReadyWorld();
    world.ask('RegisterTaskDefinition', definition);
    world.ask('DeregisterTaskDefinition', { taskDefinition: `${definition.family}:2` });
    const one = world.ask('DescribeTaskDefinition', { taskDefinition: `${definition.family}:2` });
    expect(one.taskDefinition?.status).toBe('INACTIVE');
    expect(world.refusal('RunTask', runInput({ taskDefinition: `${definition.family}:2` }))).toBe(
      'ClientException: TaskDefinition is inactive',
    );
    const run = world.ask('RunTask', runInput({ taskDefinition: definition.family }));
    expect(run.tasks?.[0]?.taskDefinitionArn).toMatch(/:1$/);
  });
});
