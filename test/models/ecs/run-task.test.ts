import { describe, expect, it } from 'vitest';
import {
  cluster,
  definition,
  newReadyWorld,
  runInput,
  startRunningTask,
  startTask,
} from './kit.ts';

const anything = 'x'.repeat(8192);
const closed = 'Capacity is unavailable at this time. Please try again later';

describe('what RunTask refuses', () => {
  it.each([
    ['another cluster', { cluster: 'other' }, 'ClusterNotFoundException: Cluster not found.'],
    ['no cluster where there is no default', { cluster: null }, 'ClusterNotFoundException'],
    ['no definition', { taskDefinition: null }, 'InvalidParameterException: TaskDefinition can'],
    ['an unknown definition', { taskDefinition: 'nope' }, 'ClientException: TaskDefinition not f'],
    [
      'a token of 65 characters',
      { clientToken: 't'.repeat(65) },
      'InvalidParameterException: clientToken',
    ],
    ['a token with a space', { clientToken: 'a b' }, 'InvalidParameterException: clientToken'],
    ['an empty token', { clientToken: '' }, 'InvalidParameterException: clientToken'],
    ['a colon in startedBy', { startedBy: 'a:1' }, 'InvalidParameterException: startedBy may'],
    [
      'a startedBy of 129 characters',
      { startedBy: 'a'.repeat(129) },
      'InvalidParameterException: startedBy',
    ],
    ['no tasks at all', { count: 0 }, 'InvalidParameterException: Count must'],
    ['eleven tasks', { count: 11 }, 'InvalidParameterException: Count must'],
    ['a count that is text', { count: '1' }, 'SerializationException: count must be an integer'],
    [
      'overrides over 8192 characters',
      { overrides: { containerOverrides: [{ name: 'tool', command: [anything] }] } },
      'InvalidParameterException: Container Overrides length must be at most 8192',
    ],
    [
      'an override for an unknown container',
      { overrides: { containerOverrides: [{ name: 'other' }] } },
      'InvalidParameterException: Override for container named other is not',
    ],
    [
      'a size that Fargate does not offer',
      { overrides: { memory: '1000' } },
      'InvalidParameterException: No Fargate configuration exists',
    ],
    [
      'a strategy together with a launch type',
      { launchType: 'FARGATE' },
      'InvalidParameterException: Specifying both a launch type and capacity provider strategy',
    ],
    [
      'a provider that the cluster does not have',
      { capacityProviderStrategy: [{ capacityProvider: 'gpu', weight: 1 }] },
      'InvalidParameterException: The specified capacity provider strategy cannot contain',
    ],
    [
      'a provider with the name of a method',
      { capacityProviderStrategy: [{ capacityProvider: 'constructor', weight: 1 }] },
      'InvalidParameterException: The specified capacity provider strategy cannot contain',
    ],
    [
      'weights of zero, which is the API’s default',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException: At least one capacity provider',
    ],
    [
      'neither strategy nor launch type, because there are no machines',
      { capacityProviderStrategy: null },
      'InvalidParameterException: No Container Instances were found in your cluster.',
    ],
    [
      'no network for awsvpc',
      { networkConfiguration: null },
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc'",
    ],
    [
      'no subnet',
      { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
      'InvalidParameterException: subnets can not be empty',
    ],
    ['an unknown platform version', { platformVersion: '9.9.9' }, 'PlatformUnknownException'],
    ['tags of a service', { propagateTags: 'SERVICE' }, 'InvalidParameterException: propagateTags'],
    ['exec without a role', { enableExecuteCommand: true }, 'InvalidParameterException: The serv'],
  ])('%s', (_what, wrong, sentence) => {
    const world = newReadyWorld();
    expect(world.refusal('RunTask', runInput(wrong))).toContain(sentence);
    expect(world.events).toEqual([]);
  });

  it('a network for a definition without awsvpc, and Fargate for a definition that does not support it', () => {
    const world = newReadyWorld();
    world.ask('RegisterTaskDefinition', {
      family: 'bridge',
      containerDefinitions: [{ name: 'tool', image: 'tool', memory: 64 }],
    });
    const input = runInput({ taskDefinition: 'bridge', overrides: null });
    expect(world.refusal('RunTask', input)).toContain('Network Configuration is not valid');
    expect(world.refusal('RunTask', { ...input, networkConfiguration: null })).toContain(
      'Task definition does not support launch_type FARGATE.',
    );
  });
});

describe('what RunTask accepts', () => {
  it('overrides of exactly 8192 characters, and no more', () => {
    const world = newReadyWorld();
    const overridesOf = (text: string) => ({
      containerOverrides: [{ name: 'tool', command: [text] }],
    });
    const fitting = 'x'.repeat(8192 - JSON.stringify(overridesOf('')).length);
    const input = runInput({ overrides: overridesOf(fitting) });
    expect(world.ask('RunTask', input).tasks).toHaveLength(1);
    const more = runInput({ overrides: overridesOf(`${fitting}x`), clientToken: 'more' });
    expect(world.refusal('RunTask', more)).toContain('at most 8192');
  });

  it('answers the task at its first version, and emits an event', () => {
    const world = newReadyWorld();
    const [task] = world.ask('RunTask', runInput()).tasks ?? [];
    expect(task).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      version: 1,
      startedBy: 'task-1/1',
      group: `family:${definition.family}`,
      capacityProviderName: 'FARGATE',
      createdAt: world.now / 1000,
      overrides: { containerOverrides: [{ name: 'tool', environment: [{ name: 'DAVIT_RUN' }] }] },
    });
    expect(world.events.map((event) => event.detail.taskArn)).toEqual([task?.taskArn]);
  });

  it('orders the container from the definition and the overrides', () => {
    const world = newReadyWorld();
    const overrides = {
      cpu: '512',
      memory: '2048',
      containerOverrides: [
        { name: 'tool', command: ['go'], environment: [{ name: 'FROM', value: 'override' }] },
      ],
    };
    const taskArn = startTask(world, { overrides });
    world.pass(0);
    expect(world.orders).toEqual([
      {
        kind: 'start',
        taskArn,
        container: 'tool',
        image: definition.containerDefinitions[0]?.image,
        environment: { FROM: 'override' },
        cpu: 512,
        memoryMiB: 2048,
        command: ['go'],
        logOptions: { 'awslogs-group': '/davit/local/tools', 'awslogs-stream-prefix': 'tool' },
      },
    ]);
  });

  it("starts it with the definition's task role, or with the override's", () => {
    const world = newReadyWorld();
    const given = 'arn:aws:iam::123456789012:role/given';
    const other = 'arn:aws:iam::123456789012:role/other';
    const family = 'with_role';
    world.ask('RegisterTaskDefinition', { ...definition, family, taskRoleArn: given });
    startTask(world, { taskDefinition: family });
    startTask(world, {
      taskDefinition: family,
      clientToken: 'other',
      overrides: { taskRoleArn: other },
    });
    world.pass(0);
    expect(world.orders).toMatchObject([{ taskRoleArn: given }, { taskRoleArn: other }]);
    expect(world.orders).toHaveLength(2);
  });

  it('lists a container that AWS adds, and starts ours', () => {
    const world = newReadyWorld({ sidecar: 'aws-guardduty-agent-abc12' });
    startRunningTask(world);
    const detail = world.events.at(-1)?.detail;
    expect(detail?.containers.map((each) => each.name)).toEqual([
      'aws-guardduty-agent-abc12',
      'tool',
    ]);
    expect(world.orders).toMatchObject([{ kind: 'start', container: 'tool' }]);
  });

  it('divides several tasks by base and weights', () => {
    const world = newReadyWorld();
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', weight: 1, base: 2 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ];
    const output = world.ask('RunTask', runInput({ count: 10, capacityProviderStrategy }));
    const names = output.tasks?.map((task) => task.capacityProviderName) ?? [];
    expect(names.filter((name) => name === 'FARGATE')).toHaveLength(4);
    expect(names.filter((name) => name === 'FARGATE_SPOT')).toHaveLength(6);
  });

  it('shows no capacity provider for a task that was requested by launch type', () => {
    const world = newReadyWorld();
    const input = runInput({ capacityProviderStrategy: null, launchType: 'FARGATE' });
    const [task] = world.ask('RunTask', input).tasks ?? [];
    expect(task?.launchType).toBe('FARGATE');
    expect(task).not.toHaveProperty('capacityProviderName');
  });
});

describe('capacity', () => {
  it('is refused with status 200 and a failure, without an event', () => {
    const world = newReadyWorld();
    world.setAvailability('FARGATE', { is: 'closed', reason: closed, seen: 'at once' });
    const output = world.ask('RunTask', runInput());
    expect(output).toEqual({ tasks: [], failures: [{ reason: closed }] });
    expect(world.events).toEqual([]);
  });

  it('can be found missing late: the task stops before it starts', () => {
    const world = newReadyWorld();
    world.setAvailability('FARGATE', { is: 'closed', reason: closed, seen: 'late' });
    startTask(world);
    world.pass(0);
    expect(world.orders).toEqual([]);
    expect(world.events.at(-1)?.detail).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: closed,
    });
  });

  it('is separate for each provider, and can open again', () => {
    const world = newReadyWorld();
    world.setAvailability('FARGATE', { is: 'closed', reason: closed, seen: 'at once' });
    const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    expect(startTask(world, { clientToken: 'spot', capacityProviderStrategy: spot })).toMatch(
      /^arn:/,
    );
    expect(startTask(world, { clientToken: 'closed' })).toBe('no task');
    world.setAvailability('FARGATE', { is: 'open' });
    expect(startTask(world, { clientToken: 'open' })).toMatch(/^arn:/);
  });

  it('can have a quota of vCPUs, which counts all tasks that have not stopped', () => {
    const world = newReadyWorld({ vcpuQuota: { FARGATE: 0.5 } });
    const output = world.ask('RunTask', runInput({ count: 3 }));
    expect(output.tasks).toHaveLength(2);
    expect(output.failures).toEqual([{ reason: expect.stringContaining('number of vCPUs') }]);
    world.pass(0);
    for (const task of output.tasks ?? []) {
      world.report({ kind: 'exited', taskArn: task.taskArn, exitCode: 0 });
    }
    world.pass(0);
    expect(world.ask('RunTask', runInput({ clientToken: 'next' })).tasks).toHaveLength(1);
  });

  it('of an unknown task or cluster says so in its own words', () => {
    const world = newReadyWorld();
    const stop = (task: string) => world.refusal('StopTask', { cluster, task });
    expect(stop('0123')).toBe('InvalidParameterException: The referenced task was not found.');
    expect(stop('arn:aws:ecs:eu-central-1:123456789012:task/other/0123')).toContain(
      'Identifier is for cluster other. Your cluster is davit-local',
    );
  });
});
