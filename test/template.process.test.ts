import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { specsIn } from '../infra/tools.ts';
import { eventTest } from '../local/events/pattern.ts';
import { unzip } from '../local/lambda/unzip.ts';
import { reservedWords } from '../models/dynamodb/reserved-words.ts';
import { attributeNames } from '../shared/aws/row.ts';
import { dispatchTimeoutMs } from '../shared/core/times.ts';
import { actions, clients, environments, everywhere, functions } from './kit/grants.ts';
import { root } from './kit/root.ts';
import { compiled, type Resource } from './kit/template.ts';

let template: Awaited<ReturnType<typeof compiled>>;
beforeAll(async () => {
  template = await compiled();
}, 300_000);

const ofType = (type: string): readonly [string, Resource][] =>
  Object.entries(template.resources).filter(([, resource]) => resource.Type === type);

const properties = (id: string) => template.resources[id]?.Properties ?? {};

const idOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const arn = (service: string, rest: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`,
});
const cluster = arn('ecs', 'cluster/${ClusterName}');
const attribute = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

describe('the functions', () => {
  it('are seven, with a role and a log group of their own', () => {
    expect(ofType('AWS::Lambda::Function').map(([id]) => id)).toEqual(
      functions.map((name) => `${idOf(name)}LambdaFunction`),
    );
    for (const name of functions) {
      expect(properties(`${idOf(name)}LambdaFunction`)).toMatchObject({
        FunctionName: `davit-local-${name}`,
        Handler: `functions/${name}.handler`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Role: attribute(`${idOf(name)}Role`),
      });
      expect(properties(`${idOf(name)}LogGroup`).LogGroupName).toBe(
        `/aws/lambda/davit-local-${name}`,
      );
      expect(existsSync(join(template.dir, `${name}.zip`))).toBe(true);
    }
  });

  it.each(functions)('%s is told what it needs and nothing else', (name) => {
    const { Environment } = properties(`${idOf(name)}LambdaFunction`);
    expect(Environment).toEqual({
      Variables: Object.fromEntries(
        ['DAVIT_STAGE', 'NODE_OPTIONS', ...environments[name]].map((key) => [
          key,
          expect.anything(),
        ]),
      ),
    });
  });

  it.each(functions)('%s carries the SDK clients that it calls, and no other', (name) => {
    const folder = join(template.dir, 'bundles', name);
    unzip(join(template.dir, `${name}.zip`), folder);
    const code = readFileSync(join(folder, 'functions', `${name}.mjs`), 'utf8');
    const found = [...code.matchAll(/@aws-sdk\/client-([a-z-]+)/g)].map(([, client]) => client);
    // Every client brings the one of STS along, for credentials.
    expect([...new Set(found)].toSorted()).toEqual([...clients[name], 'sts'].toSorted());
  });

  it('give a batch of the trigger at most 14 minutes, and dispatch what the core believes', () => {
    expect(properties('DispatchLambdaFunction').Timeout).toBe(dispatchTimeoutMs / 1000);
    expect(properties('DispatchLambdaFunction').Timeout).toBeLessThanOrEqual(840);
    expect(properties('ControlLambdaFunction').Timeout).toBeLessThanOrEqual(840);
  });

  it('let a sweep end before the next, and do not repeat it', () => {
    expect(properties('SweepLambdaFunction').Timeout).toBeLessThan(60);
    expect(properties('SweepLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 0 });
  });

  it.each(['dispatch', 'settle', 'sweep', 'control', 'relay', 'topology'])(
    '%s, which talks to the broker, stands in its VPC where the stage has one',
    (name) => {
      expect(properties(`${idOf(name)}LambdaFunction`).VpcConfig).toEqual({
        'Fn::If': [
          'InVpc',
          {
            SubnetIds: { Ref: 'FunctionSubnetIds' },
            SecurityGroupIds: { Ref: 'FunctionSecurityGroupIds' },
          },
          { Ref: 'AWS::NoValue' },
        ],
      });
    },
  );
});

describe('the table', () => {
  it('has its key, its five indexes, TTL, recovery and no provisioned capacity', () => {
    const keys = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ];
    const keysOnly = { ProjectionType: 'KEYS_ONLY' };
    const shown = { ProjectionType: 'INCLUDE', NonKeyAttributes: expect.any(Array) };
    expect(properties('TasksTable')).toMatchObject({
      TableName: 'davit-local-tasks',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: [
        { IndexName: 'by-phase', KeySchema: keys('phase', 'updatedAt'), Projection: shown },
        { IndexName: 'by-tool', KeySchema: keys('tool', 'createdAt'), Projection: shown },
        { IndexName: 'due', KeySchema: keys('dueIn', 'dueAt'), Projection: keysOnly },
        { IndexName: 'outbox', KeySchema: keys('outboxIn', 'outboxAt'), Projection: keysOnly },
        { IndexName: 'waiting', KeySchema: keys('heldBy', 'waitingSince'), Projection: keysOnly },
      ],
    });
  });

  it('outlives its stack and whatever would be put in its place, but not the deployment that failed to make it', () => {
    expect(template.resources.TasksTable).toMatchObject({
      // As a policy for updates CloudFormation takes Retain alone.
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    const isProtected = (given?: Readonly<Record<string, string>>) =>
      template.deployed(given).get('TasksTable')?.properties.DeletionProtectionEnabled;
    expect(isProtected()).toBe(true);
    // Nothing can delete a protected table, also not the roll back of the deployment that made it.
    expect(isProtected({ Triggers: 'later' })).toBe(false);
  });

  it('alone is kept when its stack goes: what is kept under a fixed name is in the way of the next stack', () => {
    const kept = Object.entries(template.resources).filter(
      ([, one]) => (one.DeletionPolicy ?? 'Delete') !== 'Delete',
    );
    expect(kept.map(([id]) => id)).toEqual(['TasksTable']);
  });

  it('has a name that stands in the template as it is, which importing it by name asks for', () => {
    expect(properties('TasksTable').TableName).toBe('davit-local-tasks');
  });

  it('names only attributes that rows have, and no reserved word', () => {
    const text = JSON.stringify(properties('TasksTable'));
    const named = [
      ...[...text.matchAll(/"AttributeName":"(\w+)"/g)].map(([, name]) => name ?? ''),
      ...[...text.matchAll(/"NonKeyAttributes":\[(.*?)\]/g)].flatMap(([, list]) =>
        (list ?? '').replaceAll('"', '').split(','),
      ),
    ];
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !attributeNames.includes(name))).toEqual([]);
    expect(named.filter((name) => reservedWords.has(name.toUpperCase()))).toEqual([]);
  });
});

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What a role allows. */
const statementsOf = (name: string): readonly Statement[] => {
  const role = JSON.parse(JSON.stringify(properties(`${idOf(name)}Role`)));
  const all: readonly Statement[] = role.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: readonly Statement[] } }) =>
      policy.PolicyDocument.Statement,
  );
  return all.filter(({ Effect }) => Effect === 'Allow');
};

const actionsOf = ({ Action }: Statement): readonly string[] => [Action].flat();

describe('the roles', () => {
  it('are one for each function, assumed by Lambda alone', () => {
    expect(ofType('AWS::IAM::Role').map(([id]) => id)).toEqual(
      functions.map((name) => `${idOf(name)}Role`),
    );
    for (const [, role] of ofType('AWS::IAM::Role')) {
      expect(role.Properties.AssumeRolePolicyDocument).toMatchObject({
        Statement: [{ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      });
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it.each(functions)('let %s do exactly what it does', (name) => {
    expect(statementsOf(name).flatMap(actionsOf).toSorted()).toEqual(actions[name].toSorted());
  });

  it.each(functions)(
    'name what %s may touch, and say * only where AWS has nothing narrower',
    (name) => {
      for (const statement of statementsOf(name)) {
        const whole = JSON.stringify(statement.Resource) === '"*"';
        const excused = actionsOf(statement).every((action) => everywhere.has(action));
        expect({ sid: statement.Sid, whole }).toEqual({ sid: statement.Sid, whole: excused });
        expect(actionsOf(statement).filter((action) => action.includes('*'))).toEqual([]);
      }
    },
  );

  it.each(functions)('keep what %s does with ECS to our cluster and our families', (name) => {
    const bound = { ArnEquals: { 'ecs:cluster': cluster } };
    const resources: Record<string, unknown> = {
      'ecs:RunTask': arn('ecs', 'task-definition/davit_local_*'),
      'ecs:DescribeTasks': arn('ecs', 'task/${ClusterName}/*'),
      'ecs:StopTask': arn('ecs', 'task/${ClusterName}/*'),
      'ecs:ListTasks': '*',
    };
    for (const statement of statementsOf(name)) {
      const [action = ''] = actionsOf(statement);
      if (action in resources) {
        expect(statement).toMatchObject({ Resource: resources[action], Condition: bound });
      }
    }
  });

  it.each(functions)('let %s pass only the two roles of the tools, and only to ECS', (name) => {
    for (const statement of statementsOf(name)) {
      if (actionsOf(statement).includes('iam:PassRole')) {
        expect(statement.Resource).toEqual([{ Ref: 'ExecutionRoleArn' }, { Ref: 'TaskRoleArn' }]);
        expect(statement.Condition).toEqual({
          StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
        });
      }
    }
  });

  it('let release write live records and items of its own alone', () => {
    const release = new Map(statementsOf('release').map((one) => [one.Sid, one]));
    expect(release.get('Live')?.Resource).toEqual(arn('ssm', 'parameter/davit/local/tools/*/live'));
    expect(release.get('VersionsAndClaims')?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['#*'] },
    });
  });

  it("let topology alone read the administrator's secret", () => {
    const readers = functions.filter((name) =>
      JSON.stringify(statementsOf(name)).includes('BrokerAdminSecretArn'),
    );
    expect(readers).toEqual(['topology']);
  });
});

describe('what calls the functions', () => {
  const accesses = [{ Type: 'BASIC_AUTH', URI: { Ref: 'BrokerSecretArn' } }];

  it('is one Amazon MQ trigger a queue, the queue of ECS events, and that of lines that failed', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, one]) => one.Properties);
    expect(mappings).toHaveLength(6);
    expect(mappings).toContainEqual({
      FunctionName: attribute('ControlLambdaFunction'),
      EventSourceArn: { Ref: 'BrokerArn' },
      Queues: ['davit.dropped'],
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      Enabled: expect.anything(),
      SourceAccessConfigurations: accesses,
    });
    expect(mappings).toContainEqual({
      FunctionName: attribute('DispatchLambdaFunction'),
      EventSourceArn: { Ref: 'BrokerArn' },
      Queues: ['davit.doorbells'],
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      Enabled: expect.anything(),
      SourceAccessConfigurations: accesses,
    });
    expect(mappings).toContainEqual({
      FunctionName: attribute('DispatchLambdaFunction'),
      EventSourceArn: { Ref: 'BrokerArn' },
      Queues: ['davit.tasks'],
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      Enabled: expect.anything(),
      SourceAccessConfigurations: accesses,
    });
    expect(mappings).toContainEqual({
      FunctionName: attribute('ControlLambdaFunction'),
      EventSourceArn: { Ref: 'BrokerArn' },
      Queues: ['davit.control'],
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      Enabled: expect.anything(),
      SourceAccessConfigurations: accesses,
    });
    expect(mappings).toContainEqual({
      FunctionName: attribute('SettleLambdaFunction'),
      EventSourceArn: attribute('EcsEventsQueue'),
      BatchSize: 10,
      Enabled: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
    expect(mappings).toContainEqual({
      FunctionName: attribute('RelayLambdaFunction'),
      EventSourceArn: attribute('FailedLinesQueue'),
      BatchSize: 1,
      Enabled: true,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it('is lines again that relay could not publish, every six minutes for a day, and then an operator', () => {
    expect(properties('RelayLambdaFunction')).toMatchObject({
      DeadLetterConfig: { TargetArn: attribute('FailedLinesQueue') },
      ReservedConcurrentExecutions: 10,
    });
    const queue = properties('FailedLinesQueue');
    // 1 MiB, as much as an event of Lambda may have.
    const MaximumMessageSize = 1_048_576;
    expect(properties('FailedLinesDeadQueue')).toMatchObject({ MaximumMessageSize });
    expect(queue).toMatchObject({
      QueueName: 'davit-local-failed-lines',
      MaximumMessageSize,
      RedrivePolicy: { deadLetterTargetArn: attribute('FailedLinesDeadQueue') },
    });
    const { maxReceiveCount } = Object(queue.RedrivePolicy);
    const { VisibilityTimeout } = queue;
    expect(Number(VisibilityTimeout)).toBe(6 * Number(properties('RelayLambdaFunction').Timeout));
    expect(Number(maxReceiveCount) * Number(VisibilityTimeout)).toBe(24 * 60 * 60);
    // What SQS removes is in no dead-letter queue, and there a message keeps the age that it had.
    const kept = Number(queue.MessageRetentionPeriod);
    expect(kept).toBeGreaterThan(2 * 24 * 60 * 60);
    expect(Number(properties('FailedLinesDeadQueue').MessageRetentionPeriod)).toBeGreaterThan(kept);
  });

  it('is a rule for what ECS says of the cluster, into a queue, with a dead-letter queue', () => {
    expect(properties('EcsEventsRule')).toMatchObject({
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: { clusterArn: [cluster], lastStatus: ['RUNNING', 'STOPPED'] },
      },
      Targets: [
        {
          Arn: attribute('EcsEventsQueue'),
          DeadLetterConfig: { Arn: attribute('EcsEventsDeadQueue') },
        },
      ],
    });
    expect(properties('EcsEventsQueue')).toMatchObject({
      QueueName: 'davit-local-ecs-events',
      RedrivePolicy: { deadLetterTargetArn: attribute('EcsEventsDeadQueue'), maxReceiveCount: 5 },
    });
    // Only the rule may send.
    expect(properties('EcsEventsQueuePolicy')).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: { ArnEquals: { 'aws:SourceArn': attribute('EcsEventsRule') } },
          },
          { Effect: 'Deny', Principal: '*', Action: 'sqs:*' },
        ],
      },
    });
  });

  it('gives settle six times its timeout before a message comes again', () => {
    const timeout = Number(properties('SettleLambdaFunction').Timeout);
    expect(properties('EcsEventsQueue').VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
  });

  it('is a rule for changed parameters for sweep and release, one for broken versions, and schedules for both, each with leave to invoke', () => {
    const rules = ofType('AWS::Events::Rule').filter(([id]) => id !== 'EcsEventsRule');
    const seen = rules.map(([, { Properties: rule }]) => ({
      when: rule.ScheduleExpression ?? rule.EventPattern,
      targets: rule.Targets,
    }));
    const to = (name: string) => [
      expect.objectContaining({ Arn: attribute(`${name}LambdaFunction`) }),
    ];
    expect(seen).toHaveLength(5);
    expect(seen).toContainEqual({
      when: { source: ['davit'], 'detail-type': ['davit.version.broken'] },
      targets: to('Release'),
    });
    expect(seen).toContainEqual({ when: 'rate(1 minute)', targets: to('Sweep') });
    expect(seen).toContainEqual({ when: 'rate(5 minutes)', targets: to('Release') });
    expect(seen).toContainEqual({
      when: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: [{ prefix: '/davit/local/tools/' }] },
      },
      targets: to('Release'),
    });
    expect(seen).toContainEqual({
      when: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: {
          name: [
            { wildcard: '/davit/local/tools/*/live' },
            { wildcard: '/davit/local/tools/*/paused' },
            '/davit/local/paused',
          ],
        },
      },
      targets: to('Sweep'),
    });
    const invoked = ['Sweep', 'Sweep', 'Release', 'Release', 'Release'].map((name) =>
      attribute(`${name}LambdaFunction`),
    );
    const permitted = ofType('AWS::Lambda::Permission')
      .map(([, one]) => one.Properties)
      .filter((one) => one.Principal === 'events.amazonaws.com');
    expect(permitted.map((one) => one.FunctionName)).toHaveLength(invoked.length);
    expect(permitted.map((one) => one.FunctionName)).toEqual(expect.arrayContaining(invoked));
  });

  it('starts the sweep for the end of a pause, and for no new pin', () => {
    const patterns = ofType('AWS::Events::Rule').flatMap(([, { Properties: rule }]) =>
      JSON.stringify(rule.Targets).includes('SweepLambdaFunction') && rule.EventPattern
        ? [rule.EventPattern]
        : [],
    );
    const starts = (sample: string): boolean => {
      const event: unknown = JSON.parse(readFileSync(join(root, 'events', sample), 'utf8'));
      return patterns.some((pattern) => eventTest(pattern)(event));
    };
    expect(starts('pause-ended.json')).toBe(true);
    expect(starts('pin-changed.json')).toBe(false);
  });

  it('is a subscription of the log of tools for the lines in which they speak, with leave to invoke', () => {
    const relay = attribute('RelayLambdaFunction');
    expect(properties('SpokenLines')).toMatchObject({
      LogGroupName: properties('ToolsLogGroup').LogGroupName,
      FilterPattern: '%^DAVIT_%',
      DestinationArn: relay,
    });
    // The one function that anything but a rule or a trigger may invoke, and only this log group of this account.
    expect(properties('SpokenLinesPermission')).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: relay,
      Principal: 'logs.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: attribute('ToolsLogGroup'),
    });
  });
});

describe('the rest', () => {
  it('keeps no log for ever', () => {
    const groups = ofType('AWS::Logs::LogGroup').map(([, group]) => group.Properties);
    expect(groups).toHaveLength(8);
    for (const group of groups) expect(group.RetentionInDays).toBe(30);
  });

  it('encrypts every queue', () => {
    for (const [, queue] of ofType('AWS::SQS::Queue')) {
      expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
    }
  });

  it('writes the spec of every tool as it stands in tools.yml, and fits it into a parameter', () => {
    const specs = specsIn(readFileSync(join(root, 'tools.yml'), 'utf8'));
    const written = ofType('AWS::SSM::Parameter').map(([, one]) => one.Properties);
    expect(written.map((one) => [one.Name, JSON.parse(String(one.Value))])).toEqual(
      Object.entries(specs).map(([tool, spec]) => [`/davit/local/tools/${tool}/spec`, spec]),
    );
    for (const one of written) expect(String(one.Value).length).toBeLessThanOrEqual(4096);
  });

  it('takes no registry but one of ECR with a path, which the role of release is bound to', () => {
    const { Default, AllowedPattern = '' } = template.parameters.Registry ?? {};
    const fits = (registry: unknown) => new RegExp(AllowedPattern).test(String(registry));
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    expect([Default, `${host}/a`, `${host}/a/b-c`].map(fits)).toEqual([true, true, true]);
    const wrong = ['', host, `${host}/`, '/a', `${host}/a/`, `${host}/a b`, 'ghcr.io/a', 'host/a'];
    expect(wrong.map(fits)).not.toContain(true);
  });

  it('has a value for every parameter on the stage local', () => {
    const without = Object.entries(template.parameters).filter(
      ([, parameter]) => parameter.Default === undefined,
    );
    expect(without).toEqual([]);
  });
});
