import { expect, it } from 'vitest';
import { rateMs } from '../../../local/events/plan.ts';
import { planOf } from '../../../local/template/plan.ts';
import type { Resource } from '../../../local/template/types.ts';

const plan = (...resources: readonly Omit<Resource, 'logicalId'>[]) =>
  planOf({
    parameters: {
      ClusterName: 'davit-local',
      Registry: 'registry/davit-local',
      BrokerSecretArn: 'arn:broker',
      BrokerAdminSecretArn: 'arn:admin',
      PublisherSecretArn: 'arn:publisher',
    },
    resources: resources.map((one, index) => ({ logicalId: `R${index}`, ...one })),
  });

const fn = 'arn:aws:lambda:eu-central-1:123456789012:function:davit-local-dispatch';

it.each([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(2 hours)', 7_200_000],
])('reads %s', (expression, expected) => {
  expect(rateMs(expression, 'R')).toBe(expected);
});

it('refuses a cron expression with its place', () => {
  expect(() => rateMs('cron(0 12 * * ? *)', 'SweepRule')).toThrow(/SweepRule.*rate/);
});

it('reads a trigger with its queue, virtual host and secret, and a window of half a second when the template sets none', () => {
  const properties = {
    FunctionName: fn,
    EventSourceArn: 'arn:aws:mq:x',
    Queues: ['davit.tasks'],
    SourceAccessConfigurations: [
      { Type: 'BASIC_AUTH', URI: 'arn:secret' },
      { Type: 'VIRTUAL_HOST', URI: '/v' },
    ],
  };
  const type = 'AWS::Lambda::EventSourceMapping';
  expect(plan({ type, properties }).lambda.triggers).toEqual([
    {
      functionName: 'davit-local-dispatch',
      sourceArn: 'arn:aws:mq:x',
      queue: 'davit.tasks',
      virtualHost: '/v',
      secretArn: 'arn:secret',
      batchSize: 100,
      windowMs: 500,
    },
  ]);
  const immediate = { ...properties, BatchSize: 10, MaximumBatchingWindowInSeconds: 0 };
  expect(plan({ type, properties: immediate }).lambda.triggers[0]).toMatchObject({
    batchSize: 10,
    windowMs: 0,
  });
  expect(plan({ type, properties: { ...properties, Enabled: false } }).lambda.triggers).toEqual([]);
  const [login] = properties.SourceAccessConfigurations;
  const unnamed = { ...properties, SourceAccessConfigurations: [login] };
  expect(plan({ type, properties: unnamed }).lambda.triggers[0]?.virtualHost).toBe('/');
  const filtered = { ...properties, FilterCriteria: {} };
  expect(() => plan({ type, properties: filtered })).toThrow(/R0: .* nothing with FilterCriteria/);
});

it('reads a table as CreateTable takes it, and refuses a property that would be ignored', () => {
  const properties = {
    TableName: 't',
    KeySchema: [],
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
    Tags: [],
  };
  const type = 'AWS::DynamoDB::Table';
  expect(plan({ type, properties }).dynamodb.tables).toEqual([
    { input: { TableName: 't', KeySchema: [] }, expiresBy: 'expiresAt' },
  ]);
  const streamed = { ...properties, StreamSpecification: {} };
  expect(() => plan({ type, properties: streamed })).toThrow(
    /nothing with StreamSpecification; read it in local\/dynamodb\/plan\.ts/,
  );
});

it('reads rules of events and of time, and refuses a target that it cannot serve', () => {
  const type = 'AWS::Events::Rule';
  const target = { Id: 'a', Arn: fn };
  const rules = plan(
    { type, properties: { ScheduleExpression: 'rate(1 minute)', Targets: [target] } },
    { type, properties: { EventPattern: { source: ['x'] }, EventBusName: 'b', Targets: [target] } },
    { type, properties: { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' } },
  ).events.rules;
  expect(rules.map(({ bus, when }) => [bus, when.kind])).toEqual([
    ['default', 'rate'],
    ['b', 'event'],
  ]);
  expect(rules[0]?.targets).toMatchObject([
    { kind: 'function', functionName: 'davit-local-dispatch', input: undefined },
  ]);
  const topic = { Id: 'a', Arn: 'arn:aws:sns:x' };
  expect(() =>
    plan({ type, properties: { ScheduleExpression: 'rate(1 minute)', Targets: [topic] } }),
  ).toThrow(/must be a function or a queue/);
  const shaped = { ...target, InputTransformer: {} };
  expect(() =>
    plan({ type, properties: { ScheduleExpression: 'rate(1 minute)', Targets: [shaped] } }),
  ).toThrow(/InputTransformer/);
});

it.each([
  ['AWS::Lambda::Function', 'Layers', []],
  ['AWS::Lambda::EventSourceMapping', 'MaximumRecordAgeInSeconds', 60],
  ['AWS::Lambda::EventInvokeConfig', 'Anything', 1],
  ['AWS::SQS::Queue', 'DelaySeconds', 5],
  ['AWS::SSM::Parameter', 'AllowedPattern', '.*'],
  ['AWS::Events::EventBus', 'EventSourceName', 'partner'],
])('refuses a %s with %s, which would be ignored', (type, name, value) => {
  expect(() => plan({ type, properties: { [name]: value } })).toThrow(
    `The template, at R0: the local AWS does nothing with ${name}`,
  );
});

it('ignores what makes no difference on one machine', () => {
  const properties = { QueueName: 'q', MessageRetentionPeriod: 60, Tags: [] };
  expect(plan({ type: 'AWS::SQS::Queue', properties }).sqs.queues).toHaveLength(1);
  const target = { Id: 'a', Arn: fn, RetryPolicy: {}, DeadLetterConfig: {} };
  const rule = { ScheduleExpression: 'rate(1 minute)', Targets: [target] };
  expect(
    plan({ type: 'AWS::Events::Rule', properties: rule }).events.rules[0]?.targets,
  ).toHaveLength(1);
});

it('refuses a type that it does not know, and ignores a type that has no effect here', () => {
  expect(() => plan({ type: 'AWS::Lambda::Layer', properties: {} })).toThrow(
    /R0: the local AWS has no AWS::Lambda::Layer; add the type to plan\.ts of its service/,
  );
  expect(plan({ type: 'AWS::CloudWatch::Dashboard', properties: {} }).lambda.functions).toEqual([]);
});
