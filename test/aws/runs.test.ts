import {
  ConflictException,
  DescribeTasksCommand,
  ECSClient,
  ECSServiceException,
  InvalidParameterException,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { ecsRuns } from '../../shared/aws/runs.ts';
import { cluster, site } from '../kit/site.ts';

const order = {
  cluster,
  taskDefinition: 'arn:definition',
  capacityProvider: 'FARGATE',
  subnets: site.subnets,
  securityGroups: site.securityGroups,
  assignPublicIp: false,
  environment: {},
  startedBy: 't/1',
  clientToken: 'token',
  intendedAt: 0,
};

const client = new ECSClient({ region: 'eu-central-1' });
const ecs = mockClient(client);
const runs = ecsRuns({ client, cluster, families: 'davit_test_' });

const serviceError = (name: string, httpStatusCode: number, attempts = 1) =>
  new ECSServiceException({
    name,
    message: 'as AWS says',
    $fault: 'client',
    $metadata: { httpStatusCode, attempts },
  });

afterEach(() => ecs.reset());

describe('a launch that goes wrong', () => {
  test('never throws: without an answer of ECS it is in doubt', async () => {
    ecs
      .on(RunTaskCommand)
      .rejects(Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }));
    expect(await runs.launch(order)).toEqual({
      kind: 'doubt',
      why: 'TimeoutError: socket hang up',
      isSilent: true,
    });
    ecs.on(RunTaskCommand).rejects(serviceError('ServerException', 500));
    expect(await runs.launch(order)).toEqual({
      kind: 'doubt',
      why: 'ServerException: as AWS says',
    });
  });

  test('is a refusal when ECS says so with a status below 500', async () => {
    ecs.on(RunTaskCommand).rejects(serviceError('BlockedException', 400));
    expect(await runs.launch(order)).toMatchObject({ kind: 'refused', cause: 'deployment' });
  });

  test.each(['ExpiredTokenException', 'ClientException', 'InvalidParameterException'])(
    'is a doubt when the SDK’s second try was refused by %s: the first may have been taken',
    async (name) => {
      ecs.on(RunTaskCommand).rejects(serviceError(name, 400, 2));
      expect(await runs.launch(order)).toEqual({ kind: 'doubt', why: `${name}: as AWS says` });
    },
  );

  test('names the ECS tasks of a conflict', async () => {
    const conflict = {
      message: 'no',
      $metadata: { httpStatusCode: 400 },
      resourceIds: ['arn:1', 'arn:2'],
    };
    ecs.on(RunTaskCommand).rejects(new ConflictException(conflict));
    expect(await runs.launch(order)).toEqual({ kind: 'conflict', ecsTaskArns: ['arn:1', 'arn:2'] });
  });
});

describe('reading a cluster that cannot be reached', () => {
  test('throws, and says what could not be done and why', async () => {
    const cause = serviceError('ServerException', 500);
    ecs.on(DescribeTasksCommand).rejects(cause);
    ecs.on(ListTasksCommand).rejects(cause);
    ecs.on(StopTaskCommand).rejects(cause);
    await expect(runs.describe(['arn'])).rejects.toMatchObject({
      message: /could not be described: as AWS says/,
      cause,
    });
    await expect(runs.list()).rejects.toMatchObject({
      message: /could not be listed: as AWS says/,
      cause,
    });
    await expect(runs.stop('arn:1', 'why')).rejects.toMatchObject({
      message: /arn:1 could not be stopped/,
      cause,
    });
  });

  test('stops with a reason that is short enough for ECS', async () => {
    ecs.on(StopTaskCommand).resolves({});
    await runs.stop('arn:1', 'x'.repeat(2000));
    expect(ecs.commandCalls(StopTaskCommand)[0]?.args[0].input.reason).toHaveLength(255);
  });

  test("has startedBy only for tasks of our stage's families", async () => {
    const families = ['davit_test_echo_1_0_0_fargate', 'davit_other_echo_1_0_0_fargate', 'web'];
    ecs.on(DescribeTasksCommand).resolves({
      tasks: families.map((family) => ({
        taskArn: `arn:${family}`,
        taskDefinitionArn: `arn:aws:ecs:eu-central-1:123456789012:task-definition/${family}:7`,
        lastStatus: 'RUNNING',
        version: 3,
        startedBy: 'deploy/12',
      })),
    });
    const { found } = await runs.describe(['arn']);
    expect(found.map(({ ecsTaskArn, startedBy }) => [ecsTaskArn, startedBy])).toEqual([
      ['arn:davit_test_echo_1_0_0_fargate', 'deploy/12'],
      ['arn:davit_other_echo_1_0_0_fargate', undefined],
      ['arn:web', undefined],
    ]);
  });

  test('waits for the pace before each call, and slows it down when ECS refuses one as too many', async () => {
    const calls: string[] = [];
    const pace = (name: string) => ({
      next: async () => void calls.push(name),
      slowDown: () => void calls.push(`${name} slower`),
    });
    const paced = ecsRuns({
      client,
      cluster,
      families: 'davit_test_',
      reads: pace('read'),
      stops: pace('stop'),
    });
    ecs
      .on(ListTasksCommand)
      .resolvesOnce({ taskArns: ['arn:1'], nextToken: 'more' })
      .resolves({});
    ecs.on(DescribeTasksCommand).rejects(serviceError('ThrottlingException', 400));
    ecs.on(StopTaskCommand).rejects(serviceError('ServerException', 500));
    await paced.traces(order);
    await expect(paced.describe(['arn:1'])).rejects.toThrow();
    await expect(paced.stop('arn:1', 'why')).rejects.toThrow();
    expect(calls).toEqual(['read', 'read', 'read', 'read slower', 'stop']);
  });
});

describe('describing runs of which one has an invalid ARN', () => {
  test('answers for all the others', async () => {
    const refusal = new InvalidParameterException({
      message: 'Invalid identifier',
      $metadata: { httpStatusCode: 400 },
    });
    ecs.on(DescribeTasksCommand).callsFake(async ({ tasks = [] }) => {
      if (tasks.includes('spoiled')) throw refusal;
      return { failures: tasks.map((arn: string) => ({ arn, reason: 'MISSING' })) };
    });
    const others = Array.from({ length: 99 }, (_, index) => `arn-${index}`);
    const answer = await runs.describe([...others.slice(0, 40), 'spoiled', ...others.slice(40)]);
    expect(answer).toEqual({ found: [], missing: others });
    expect(ecs.commandCalls(DescribeTasksCommand).length).toBeLessThan(20);
  });
});
