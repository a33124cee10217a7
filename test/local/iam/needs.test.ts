import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from 'vitest';
import type { NeedSite } from '../../../local/iam/need.ts';
import { needsOf, needsTable } from '../../../local/iam/needs.ts';

const account = '123456789012';
const at = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:${account}:${rest}`;

const site: NeedSite = {
  account,
  region: 'eu-central-1',
  partitionKey: (table) => (table === 'davit-local-tasks' ? 'taskId' : undefined),
  definition: (given) =>
    given === 'echo'
      ? {
          taskDefinitionArn: at('ecs', 'task-definition/echo:7'),
          family: 'echo',
          revision: 7,
          status: 'ACTIVE',
          containerDefinitions: [],
          compatibilities: ['FARGATE'],
          registeredAt: 0,
          networkMode: 'awsvpc',
          taskRoleArn: 'arn:aws:iam::123456789012:role/of-the-definition',
          executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
        }
      : undefined,
};

const needs = (service: string, action: string, input: object) =>
  needsOf({ service, action, input: { ...input } }, site);

/** One input with every member that the table looks at. */
const everything = {
  TableName: 'davit-local-tasks',
  Key: { taskId: { S: '#live/echo' } },
  Item: { taskId: { S: 'film-1' } },
  RequestItems: { 'davit-local-tasks': { Keys: [{ taskId: { S: 'film-1' } }] } },
  KeyConditionExpression: 'phase = :phase AND updatedAt < :at',
  ExpressionAttributeValues: { ':phase': { S: 'RUNNING' }, ':at': { S: '2026' }, ':x': { S: 'x' } },
  repositoryName: 'davit/echo',
  cluster: 'davit',
  task: '0123',
  tasks: ['0123'],
  tags: [{ key: 'a', value: 'b' }],
  containerInstance: 'abc',
  taskDefinition: 'echo',
  family: 'davit_local_echo_1_fargate',
  taskRoleArn: 'arn:aws:iam::123456789012:role/task',
  Entries: [{ EventBusName: 'davit-local' }],
  FunctionName: 'davit-local-control',
  SecretId: at('secretsmanager', 'secret:broker-AbCdEf'),
  Name: '/davit/local/tools/echo/live',
  Names: ['/davit/local/tools/echo/live'],
  Path: '/davit/local/tools',
  logGroupName: '/davit/local/tools',
  logStreamName: 'tool/tool/0123',
};

describe('the table of needs', () => {
  const rows = Object.entries(needsTable).flatMap(([service, actions]) =>
    Object.keys(actions).map((action) => [service, action] as const),
  );

  // The simulator has AWS's Service Authorization Reference as data: it refuses what that does not have.
  it.each(rows)(
    'names actions, resources and keys as AWS has them: %s %s',
    async (service, action) => {
      const found = needs(service, action, everything) ?? [];
      expect(found.length).toBeGreaterThan(0);
      for (const need of found) {
        const answer = await runSimulation(
          {
            request: {
              principal: `arn:aws:iam::${account}:role/x`,
              action: need.action,
              resource: { resource: need.resource, accountId: account },
              contextVariables: { ...need.context },
            },
            identityPolicies: [
              {
                name: 'all',
                policy: {
                  Version: '2012-10-17',
                  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
                },
              },
            ],
            serviceControlPolicies: [],
            resourceControlPolicies: [],
          },
          {},
        );
        expect(answer).toMatchObject({ resultType: 'single', overallResult: 'Allowed' });
        expect(answer).toMatchObject({ result: { ignoredContextKeys: [] } });
      }
    },
  );

  it.each(rows)(
    'asks for something also where the input is empty, or of another type: %s %s',
    (service, action) => {
      const wrong = Object.fromEntries(Object.keys(everything).map((name) => [name, 7]));
      for (const input of [{}, wrong]) {
        const found = needs(service, action, input) ?? [];
        expect(found.length).toBeGreaterThan(0);
        for (const need of found) expect(need.resource).toMatch(/^arn:aws:/);
      }
    },
  );

  it('checks the revision and the roles that RunTask would use', () => {
    const context = { 'ecs:cluster': at('ecs', 'cluster/davit') };
    const passed = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    const roles = (role: string) => `arn:aws:iam::123456789012:role/${role}`;
    const run = { cluster: at('ecs', 'cluster/davit'), taskDefinition: 'echo' };
    expect(needs('ecs', 'RunTask', run)).toEqual([
      { action: 'ecs:RunTask', resource: at('ecs', 'task-definition/echo:7'), context },
      { action: 'iam:PassRole', resource: roles('of-the-definition'), context: passed },
      { action: 'iam:PassRole', resource: roles('execution'), context: passed },
    ]);
    const overrides = { taskRoleArn: roles('administrator') };
    expect(needs('ecs', 'RunTask', { ...run, overrides })).toContainEqual({
      action: 'iam:PassRole',
      resource: roles('administrator'),
      context: passed,
    });
  });

  it('checks each of several resources, and completes a name to an ARN', () => {
    const resources = (service: string, action: string, input: object) =>
      needs(service, action, input)?.map(({ resource }) => resource);
    expect(
      resources('ssm', 'GetParameters', {
        Names: ['/a', 'b', '/c:3', `${at('ssm', 'parameter/d')}:1`],
      }),
    ).toEqual(['/a', '/b', '/c', '/d'].map((name) => at('ssm', `parameter${name}`)));
    expect(resources('events', 'PutEvents', { Entries: [{}, { EventBusName: 'b' }] })).toEqual(
      ['default', 'b'].map((name) => at('events', `event-bus/${name}`)),
    );
    expect(resources('ecs', 'DescribeTasks', { tasks: ['1', at('ecs', 'task/other/2')] })).toEqual([
      at('ecs', 'task/default/1'),
      at('ecs', 'task/other/2'),
    ]);
    expect(resources('ecr', 'DescribeImages', { registryId: '2', repositoryName: 'r' })).toEqual([
      'arn:aws:ecr:eu-central-1:2:repository/r',
    ]);
  });

  it('knows the partition key of an item, and more than that of a query', () => {
    const leading = (action: string) =>
      needs('dynamodb', action, everything)?.map(
        ({ context }) => context?.['dynamodb:LeadingKeys'],
      );
    expect(leading('GetItem')).toEqual([['#live/echo']]);
    expect(leading('PutItem')).toEqual([['film-1']]);
    expect(leading('BatchGetItem')).toEqual([['film-1']]);
    expect(leading('Query')).toEqual([['RUNNING', '2026']]);
  });

  it('knows no other call, also not the names that every object has', () => {
    for (const [service, action] of [
      ['dynamodb', 'ExecuteStatement'],
      ['dynamodb', 'constructor'],
      ['toString', 'call'],
      ['__proto__', 'toString'],
    ] as const) {
      expect(needs(service, action, {})).toBeUndefined();
    }
  });
});
