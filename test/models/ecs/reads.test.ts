import { describe, expect, it } from 'vitest';
import {
  cluster,
  definition,
  describeTask,
  newReadyWorld,
  runInput,
  startRunningTask,
  startTask,
  type World,
} from './kit.ts';

const list = (world: World, more: Readonly<Record<string, unknown>> = {}) =>
  world.ask('ListTasks', { cluster, ...more });

describe('DescribeTasks', () => {
  it('shows the tasks that it found, and the missing ones as failures', () => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    const id = taskArn.split('/').at(-1);
    const output = world.ask('DescribeTasks', { cluster, tasks: [id, 'gone'] });
    expect(output.tasks?.map((task) => task.taskArn)).toEqual([taskArn]);
    expect(output.failures).toEqual([
      { arn: `arn:aws:ecs:eu-central-1:123456789012:task/${cluster}/gone`, reason: 'MISSING' },
    ]);
  });

  it('shows tags only when the caller includes them', () => {
    const world = newReadyWorld();
    const tags = [{ key: 'davit', value: '1' }];
    const taskArn = startTask(world, { tags });
    expect(describeTask(world, taskArn)).not.toHaveProperty('tags');
    const input = { cluster, tasks: [taskArn], include: ['TAGS'] };
    expect(world.ask('DescribeTasks', input).tasks?.[0]?.tags).toEqual(tags);
  });

  it('spells the network interface as the API does, with its address once it is attached', () => {
    const world = newReadyWorld({ privateIPv4Address: '10.0.0.7' });
    const [before] = world.ask('RunTask', runInput()).tasks ?? [];
    expect(JSON.stringify(before)).not.toContain('10.0.0.7');
    world.pass(0);
    const task = describeTask(world, before?.taskArn ?? '');
    expect(task?.attachments?.[0]).toMatchObject({
      type: 'ElasticNetworkInterface',
      status: 'ATTACHED',
      details: expect.arrayContaining([{ name: 'privateIPv4Address', value: '10.0.0.7' }]),
    });
    expect(task?.containers?.[0]?.networkInterfaces[0]?.privateIpv4Address).toBe('10.0.0.7');
  });

  it.each([
    ['no task', [], 'InvalidParameterException: Tasks cannot be empty.'],
    [
      '101 tasks',
      Array.from({ length: 101 }, (_, at) => `t${at}`),
      'Tasks cannot be more than 100',
    ],
    [
      'a task of another cluster',
      ['arn:aws:ecs:eu-central-1:1:task/other/1'],
      'Invalid identifier',
    ],
  ])('refuses %s', (_what, tasks, sentence) => {
    const world = newReadyWorld();
    expect(world.refusal('DescribeTasks', { cluster, tasks })).toContain(sentence);
  });

  it('lags: a new task is missing, a changed one is as before', () => {
    const world = newReadyWorld({ readLagMs: [1000, 1000] });
    const taskArn = startTask(world);
    world.pass(0);
    expect(describeTask(world, taskArn)).toBeUndefined();
    expect(list(world).taskArns).toEqual([]);
    world.pass(999);
    expect(describeTask(world, taskArn)).toBeUndefined();
    world.pass(1);
    expect(describeTask(world, taskArn)?.lastStatus).toBe('ACTIVATING');
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    world.pass(999);
    expect(describeTask(world, taskArn)?.lastStatus).toBe('ACTIVATING');
    expect(list(world).taskArns).toEqual([taskArn]);
    world.pass(1);
    expect(describeTask(world, taskArn)?.lastStatus).toBe('STOPPED');
    expect(list(world).taskArns).toEqual([]);
  });

  it('lags behind RunTask, which never lags', () => {
    const world = newReadyWorld({ readLagMs: [60_000, 60_000] });
    const taskArn = startTask(world);
    expect(describeTask(world, taskArn)).toBeUndefined();
    expect(startTask(world)).toBe(taskArn);
  });
});

describe('ListTasks', () => {
  it('filters by startedBy, by family and by desiredStatus', () => {
    const world = newReadyWorld();
    world.ask('RegisterTaskDefinition', { ...definition, family: 'other' });
    const one = startRunningTask(world, { clientToken: 'a', startedBy: 'one/1' });
    const two = startRunningTask(world, {
      clientToken: 'b',
      startedBy: 'two/1',
      taskDefinition: 'other',
    });
    expect(list(world).taskArns?.toSorted()).toEqual([one, two].sort());
    expect(list(world, { startedBy: 'one/1' }).taskArns).toEqual([one]);
    expect(list(world, { family: 'other' }).taskArns).toEqual([two]);
    expect(list(world, { family: 'oth' }).taskArns).toEqual([]);
    world.ask('StopTask', { cluster, task: one });
    expect(list(world).taskArns).toEqual([two]);
    expect(list(world, { desiredStatus: 'STOPPED' }).taskArns).toEqual([one]);
    expect(list(world, { desiredStatus: 'PENDING' }).taskArns).toEqual([]);
    expect(list(world, { startedBy: 'one/1' }).taskArns).toEqual([]);
    expect(list(world, { serviceName: 'any' }).taskArns).toEqual([]);
  });

  it('has at most 100 tasks per page, and every task once', () => {
    const world = newReadyWorld({ throttled: false });
    const all = Array.from({ length: 23 }, (_, at) =>
      world.ask('RunTask', runInput({ clientToken: `t${at}`, count: 10 })),
    ).flatMap((output) => output.tasks?.map((task) => task.taskArn) ?? []);
    const seen: string[] = [];
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = list(world, nextToken === undefined ? {} : { nextToken });
      seen.push(...(page.taskArns ?? []));
      sizes.push(page.taskArns?.length ?? 0);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(sizes).toEqual([100, 100, 30]);
    expect(seen.toSorted()).toEqual(all.toSorted());
    expect(list(world, { maxResults: 7 }).taskArns).toHaveLength(7);
  });

  it.each([
    [{ startedBy: 'a', family: 'b' }, 'it must be the only filter'],
    [{ startedBy: 'a', desiredStatus: 'STOPPED' }, 'it must be the only filter'],
    [{ desiredStatus: 'ASLEEP' }, 'desiredStatus must be'],
    [{ maxResults: 101 }, 'maxResults must be between 1 and 100'],
    [{ nextToken: 'mine' }, 'nextToken'],
    [{ cluster: 'other' }, 'ClusterNotFoundException'],
  ])('refuses %j', (more, sentence) => {
    const world = newReadyWorld();
    expect(world.refusal('ListTasks', { cluster, ...more })).toContain(sentence);
  });
});

describe('DescribeClusters', () => {
  it('counts the running and the pending tasks', () => {
    const world = newReadyWorld();
    startRunningTask(world);
    startTask(world, { clientToken: 'second' });
    const output = world.ask('DescribeClusters', { clusters: [cluster, 'other'] });
    expect(output.clusters).toMatchObject([
      {
        clusterName: cluster,
        status: 'ACTIVE',
        runningTasksCount: 1,
        pendingTasksCount: 1,
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      },
    ]);
    expect(output.failures).toMatchObject([{ reason: 'MISSING' }]);
  });
});
