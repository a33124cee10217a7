import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerOf, answerOfFailure, runTaskInputOf } from '../../shared/aws/launch-call.ts';
import { cluster, site } from '../kit/site.ts';

const order = {
  cluster,
  taskDefinition:
    'arn:aws:ecs:eu-central-1:123456789012:task-definition/davit_test_echo_1_0_0_fargate:1',
  capacityProvider: 'FARGATE',
  subnets: site.subnets,
  securityGroups: site.securityGroups,
  assignPublicIp: false,
  environment: { DAVIT_TASK_ID: 't', DAVIT_RUN: '1', DAVIT_INPUT: '{}' },
  startedBy: 't/1',
  clientToken: 'token',
  intendedAt: 0,
};

describe('a RunTask call', () => {
  test('is the same bytes for the same order, in whatever order its names come', () => {
    const names = Object.entries(order.environment);
    const shuffled = fc.shuffledSubarray(names, { minLength: names.length });
    fc.assert(
      fc.property(shuffled, (entries) => {
        const again = { ...order, environment: Object.fromEntries(entries) };
        expect(JSON.stringify(runTaskInputOf(again))).toBe(JSON.stringify(runTaskInputOf(order)));
      }),
    );
  });

  test('sizes the run only where the order says so', () => {
    expect(runTaskInputOf(order).overrides).not.toHaveProperty('cpu');
    expect(runTaskInputOf({ ...order, cpu: 512, memoryMiB: 2048 }).overrides).toMatchObject({
      cpu: '512',
      memory: '2048',
    });
  });
});

describe('an answer of RunTask', () => {
  test.each([
    [
      'a task',
      { tasks: [{ taskArn: 'arn', lastStatus: 'PROVISIONING' }] },
      { kind: 'accepted', ecsTaskArn: 'arn' },
    ],
    [
      'a replay of a stopped task',
      { tasks: [{ taskArn: 'arn', lastStatus: 'STOPPED' }] },
      { kind: 'stopped', ecsTaskArn: 'arn' },
    ],
    [
      'a failure for want of memory',
      { tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] },
      { kind: 'refused', cause: 'capacity', why: 'RESOURCE:MEMORY', isOfToken: true },
    ],
    [
      'a failure with a detail',
      { tasks: [], failures: [{ reason: 'ATTRIBUTE', detail: 'ecs.os-type' }] },
      { kind: 'refused', cause: 'release', why: 'ATTRIBUTE: ecs.os-type', isOfToken: true },
    ],
    [
      'a failure in words that Davit does not know',
      { failures: [{ reason: 'GREMLINS' }] },
      { kind: 'doubt', why: 'GREMLINS' },
    ],
    [
      'neither',
      { tasks: [], failures: [] },
      { kind: 'doubt', why: 'RunTask answered neither a task nor a failure' },
    ],
  ] as const)('with %s', (_what, output, answer) => {
    expect(answerOf(output)).toEqual(answer);
  });
});

describe('an error of RunTask', () => {
  test.each([
    ['no answer at all', { code: 'TimeoutError', message: 'socket hang up' }, 'doubt'],
    [
      'no answer in words of a refusal',
      { code: 'ClusterNotFoundException', message: 'Cluster not found.' },
      'doubt',
    ],
    ['a 500', { code: 'ServerException', message: 'Service Unavailable', status: 500 }, 'doubt'],
    [
      'a 503 in words of a refusal',
      { code: 'AccessDeniedException', message: 'no', status: 503 },
      'doubt',
    ],
    ['a throttle', { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 }, 'doubt'],
    [
      'a throttle of EC2 in disguise',
      {
        code: 'InvalidParameterException',
        message: 'Error retrieving security group information: Request limit exceeded.',
        status: 400,
      },
      'doubt',
    ],
    [
      'a definition that does not fit',
      { code: 'PlatformTaskDefinitionIncompatibilityException', message: 'no', status: 400 },
      'release',
    ],
    [
      'no permission',
      { code: 'AccessDeniedException', message: 'not authorized', status: 400 },
      'deployment',
    ],
    [
      'a full quota of provisioning tasks',
      {
        code: 'ClientException',
        message: 'The maximum number of tasks in the PROVISIONING state',
        status: 400,
      },
      'capacity',
    ],
  ])('with %s', (_what, failure, meaning) => {
    const answer = answerOfFailure(failure);
    expect(answer.kind === 'refused' ? answer.cause : answer.kind).toBe(meaning);
    expect(answer).toHaveProperty('why', `${failure.code}: ${failure.message}`);
  });

  test('keeps no more than fits a row, whatever a proxy in front of ECS answered', () => {
    const answer = answerOfFailure({ code: 'Unknown', message: 'x'.repeat(200_000), status: 502 });
    expect(answer.kind === 'doubt' && answer.why.length).toBe(500);
  });

  test('names the tasks of the token after a conflict, if ECS does', () => {
    const conflict = { code: 'ConflictException', message: 'no', status: 400 };
    expect(answerOfFailure({ ...conflict, resourceIds: ['arn'] })).toEqual({
      kind: 'conflict',
      ecsTaskArns: ['arn'],
    });
    expect(answerOfFailure(conflict)).toEqual({ kind: 'conflict', ecsTaskArns: [] });
  });
});
