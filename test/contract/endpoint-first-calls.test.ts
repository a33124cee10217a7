import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  type DescribeLogStreamsCommandInput,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient, ListImagesCommand } from '@aws-sdk/client-ecr';
import {
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  type ListTaskDefinitionFamiliesCommandInput,
  ListTaskDefinitionsCommand,
  type ListTaskDefinitionsCommandInput,
  ListTasksCommand,
  paginateListTaskDefinitions,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  PutParameterCommand,
  paginateDescribeParameters,
  paginateGetParameterHistory,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signed, type ToSign } from '../kit/signed.ts';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';

let small: SmallCloud;

beforeAll(async () => {
  small = await openSmallCloud();
});

afterAll(() => small.stop());

describe('an operator, at ECS', () => {
  const ecs = () => new ECSClient(small.client);
  const named = (arns: readonly string[] = []) => arns.map((arn) => arn.split('/').at(-1));

  beforeAll(async () => {
    for (const family of ['davit_b', 'davit_a', 'davit_a', 'other']) {
      await ecs().send(
        new RegisterTaskDefinitionCommand({
          family,
          containerDefinitions: [{ name: 'tool', image: 'i:1', memory: 64 }],
        }),
      );
    }
    await ecs().send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'davit_a:1' }));
    await ecs().send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'other:1' }));
  });

  it('lists task definitions, by family, by state and in pages', async () => {
    const list = async (input: ListTaskDefinitionsCommandInput) =>
      named((await ecs().send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns);
    expect(await list({})).toEqual(['davit_a:2', 'davit_b:1']);
    expect(await list({ sort: 'DESC' })).toEqual(['davit_b:1', 'davit_a:2']);
    expect(await list({ familyPrefix: 'davit_a' })).toEqual(['davit_a:2']);
    // familyPrefix is the whole name of a family, in spite of its name (ECS API, ListTaskDefinitions).
    expect(await list({ familyPrefix: 'davit_' })).toEqual([]);
    expect(await list({ status: 'INACTIVE' })).toEqual(['davit_a:1', 'other:1']);
    const pages: unknown[] = [];
    for await (const { taskDefinitionArns } of paginateListTaskDefinitions(
      { client: ecs(), pageSize: 1 },
      {},
    ))
      pages.push(named(taskDefinitionArns));
    expect(pages).toEqual([['davit_a:2'], ['davit_b:1']]);
    await expect(list({ maxResults: 101 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(list({ nextToken: 'rubbish' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('lists families by prefix, those without an active revision only when asked', async () => {
    const list = async (input: ListTaskDefinitionFamiliesCommandInput) =>
      (await ecs().send(new ListTaskDefinitionFamiliesCommand(input))).families;
    expect(await list({})).toEqual(['davit_a', 'davit_b', 'other']);
    expect(await list({ familyPrefix: 'davit_', status: 'ACTIVE' })).toEqual([
      'davit_a',
      'davit_b',
    ]);
    expect(await list({ status: 'INACTIVE' })).toEqual(['other']);
    expect(await list({ maxResults: 1 })).toEqual(['davit_a']);
  });

  it('finds the cluster, its tasks, and no services', async () => {
    const { clusterArns = [] } = await ecs().send(new ListClustersCommand({}));
    expect(named(clusterArns)).toEqual(['davit-local']);
    const described = await ecs().send(new DescribeClustersCommand({ clusters: clusterArns }));
    expect(described.clusters?.[0]).toMatchObject({ clusterName: 'davit-local' });
    const [cluster = ''] = clusterArns;
    expect((await ecs().send(new ListTasksCommand({ cluster }))).taskArns).toEqual([]);
    expect((await ecs().send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([]);
  });
});

describe('an operator, at SSM', () => {
  const ssm = () => new SSMClient(small.client);

  it('describes parameters without their values, by filters and in pages', async () => {
    for (const [name, Type] of [
      ['/first/tools/echo/spec', 'String'],
      ['/first/tools/echo/version', 'String'],
      ['/first/list', 'StringList'],
    ] as const) {
      await ssm().send(
        new PutParameterCommand({ Name: name, Type, Value: 'v', Description: `of ${name}` }),
      );
    }
    const described = async (filters?: DescribeParametersCommandInput['ParameterFilters']) => {
      const { Parameters = [] } = await ssm().send(
        new DescribeParametersCommand(filters ? { ParameterFilters: filters } : {}),
      );
      return Parameters.map(({ Name }) => Name).filter((name) => name?.startsWith('/first'));
    };
    const all = ['/first/list', '/first/tools/echo/spec', '/first/tools/echo/version'];
    expect(await described()).toEqual(all);
    const of = (Key: string, Option: string, ...Values: string[]) => [{ Key, Option, Values }];
    expect(await described(of('Name', 'BeginsWith', '/first/tools'))).toEqual(all.slice(1));
    expect(await described(of('Name', 'Contains', 'spec'))).toEqual(all.slice(1, 2));
    expect(await described(of('Name', 'Equals', '/first/list'))).toEqual(all.slice(0, 1));
    expect(await described(of('Path', 'OneLevel', '/first'))).toEqual(all.slice(0, 1));
    expect(await described(of('Path', 'Recursive', '/first'))).toEqual(all);
    expect(await described([{ Key: 'Type', Values: ['StringList'] }])).toEqual(['/first/list']);
    await expect(described([{ Key: 'Weather', Values: ['x'] }])).rejects.toMatchObject({
      name: 'InvalidFilterKey',
    });
    const pages: number[] = [];
    for await (const page of paginateDescribeParameters(
      { client: ssm(), pageSize: 2 },
      { ParameterFilters: of('Path', 'Recursive', '/first') },
    )) {
      pages.push(page.Parameters?.length ?? 0);
      for (const one of page.Parameters ?? []) {
        expect(one).toMatchObject({ Version: 1, Tier: 'Standard', DataType: 'text' });
        expect(one.Description).toBe(`of ${one.Name}`);
        expect(one.LastModifiedDate).toBeInstanceOf(Date);
        expect(one).not.toHaveProperty('Value');
      }
    }
    expect(pages).toEqual([2, 1]);
  });

  it('reads a history in pages', async () => {
    for (const Value of ['1', '2', '3']) {
      const put = { Name: '/first/history', Type: 'String', Value, Overwrite: true } as const;
      await ssm().send(new PutParameterCommand(put));
    }
    const pages: unknown[] = [];
    for await (const { Parameters } of paginateGetParameterHistory(
      { client: ssm(), pageSize: 2 },
      { Name: '/first/history' },
    ))
      pages.push(Parameters?.map((one) => one.Value));
    expect(pages).toEqual([['1', '2'], ['3']]);
  });
});

describe('an operator, at the logs', () => {
  const logs = () => new CloudWatchLogsClient(small.client);
  const group = '/davit/local/tools';

  it('finds the log groups of the template, also before the first line was written', async () => {
    const found = await logs().send(new DescribeLogGroupsCommand({}));
    expect(found.logGroups?.map((one) => one.logGroupName)).toEqual([
      '/aws/lambda/davit-local-collect',
      '/aws/lambda/davit-local-mirror',
      group,
    ]);
    const ours = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/davit' }));
    expect(ours.logGroups).toMatchObject([
      {
        logGroupName: group,
        retentionInDays: 30,
        arn: `arn:aws:logs:eu-central-1:123456789012:log-group:${group}:*`,
      },
    ]);
    const first = await logs().send(new DescribeLogGroupsCommand({ limit: 2 }));
    const { nextToken = '' } = first;
    const rest = await logs().send(new DescribeLogGroupsCommand({ limit: 2, nextToken }));
    expect([first.logGroups?.length, rest.logGroups?.length]).toEqual([2, 1]);
    expect(rest.nextToken).toBeUndefined();
    const streams = await logs().send(new DescribeLogStreamsCommand({ logGroupName: group }));
    expect(streams.logStreams).toEqual([]);
  });

  it('lists streams by name or by time, and reads all of them, in pages', async () => {
    for (const name of ['a', 'c', 'b']) small.cloud.logs.append(group, name, [`of ${name}`]);
    const list = async (more: Omit<DescribeLogStreamsCommandInput, 'logGroupName'>) => {
      const asked = new DescribeLogStreamsCommand({ logGroupName: group, ...more });
      const { logStreams, nextToken } = await logs().send(asked);
      return { names: logStreams?.map((one) => one.logStreamName), nextToken };
    };
    expect((await list({})).names).toEqual(['a', 'b', 'c']);
    expect((await list({ descending: true })).names).toEqual(['c', 'b', 'a']);
    const latest = await list({ orderBy: 'LastEventTime', descending: true });
    expect(latest.names).toHaveLength(3);
    const { names, nextToken = '' } = await list({ limit: 2 });
    expect(names).toEqual(['a', 'b']);
    expect((await list({ limit: 2, nextToken })).names).toEqual(['c']);

    const filter = async (more: { nextToken?: string; filterPattern?: string }) => {
      const asked = new FilterLogEventsCommand({ logGroupName: group, limit: 2, ...more });
      const found = await logs().send(asked);
      return { lines: found.events?.map((one) => one.message), nextToken: found.nextToken };
    };
    const page = await filter({});
    expect(page.lines).toHaveLength(2);
    const last = await filter({ nextToken: page.nextToken ?? '' });
    expect([...(page.lines ?? []), ...(last.lines ?? [])].sort()).toEqual(['of a', 'of b', 'of c']);
    expect(last.nextToken).toBeUndefined();
  });
});

it('an operator finds the other resources: tables, images, rules, functions, secrets', async () => {
  small.putImage('echo', '1.0.0', ['true']);
  small.putImage('echo', '1.1.0', ['true']);
  const dynamodb = new DynamoDBClient(small.client);
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  expect(TableNames).toEqual(['davit-local-tasks']);
  const table = await dynamodb.send(new DescribeTableCommand({ TableName: TableNames[0] }));
  expect(table.Table?.TableStatus).toBe('ACTIVE');

  const ecr = new ECRClient(small.client);
  const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
  expect(repositories).toMatchObject([
    { repositoryName: 'davit-local/echo', repositoryUri: `${small.registry}/echo` },
  ]);
  const repositoryName = 'davit-local/echo';
  const images = await ecr.send(new ListImagesCommand({ repositoryName }));
  expect(images.imageIds?.map((one) => one.imageTag)).toEqual(['1.0.0', '1.1.0']);
  const unknown = new DescribeRepositoriesCommand({ repositoryNames: ['nothing'] });
  await expect(ecr.send(unknown)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });

  const events = new EventBridgeClient(small.client);
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  expect(Rules.map(({ Name, State }) => [Name, State])).toEqual([
    ['PinRule', 'ENABLED'],
    ['Rule', 'ENABLED'],
  ]);
  expect(JSON.parse(Rules[1]?.EventPattern ?? '')).toEqual({ source: ['aws.ecs', 'test'] });
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'Rule' }));
  expect(Targets).toMatchObject([{ Arn: 'arn:aws:sqs:eu-central-1:123456789012:events' }]);
  const buses = await events.send(new ListEventBusesCommand({}));
  expect(buses.EventBuses?.map(({ Name }) => Name)).toEqual(['default']);

  const lambda = new LambdaClient(small.client);
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  expect(Functions).toMatchObject([
    { FunctionName: 'davit-local-collect', Timeout: 2 },
    { FunctionName: 'davit-local-mirror', MemorySize: 128, Runtime: 'nodejs24.x' },
  ]);
  const configuration = new GetFunctionConfigurationCommand({
    FunctionName: 'davit-local-collect',
  });
  expect(await lambda.send(configuration)).toMatchObject({ State: 'Active' });
  const absent = new GetFunctionConfigurationCommand({ FunctionName: 'nothing' });
  await expect(lambda.send(absent)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });

  const secrets = await new SecretsManagerClient(small.client).send(new ListSecretsCommand({}));
  expect(secrets.SecretList?.map(({ Name }) => Name)).toEqual([
    'broker',
    'broker-admin',
    'publisher',
  ]);
});

describe('an operator, at SQS', () => {
  const sqs = async (action: string, input: object) => {
    const one = await signed(small.client.credentials, {
      url: small.url,
      service: 'sqs',
      headers: {
        'x-amz-target': `AmazonSQS.${action}`,
        'content-type': 'application/x-amz-json-1.0',
      },
      body: JSON.stringify(input),
    });
    const answer = await fetch(one.url, one);
    return JSON.parse(await answer.text());
  };

  it('finds the queues, and how full they are', async () => {
    const { QueueUrls } = await sqs('ListQueues', {});
    expect(QueueUrls.map((url: string) => url.split('/').at(-1))).toEqual(['dead', 'events']);
    small.cloud.queues.send('arn:aws:sqs:eu-central-1:123456789012:dead', 'a message');
    const asked = { QueueUrl: QueueUrls[0], AttributeNames: ['All'] };
    expect((await sqs('GetQueueAttributes', asked)).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      QueueArn: 'arn:aws:sqs:eu-central-1:123456789012:dead',
    });
    expect(await sqs('GetQueueUrl', { QueueName: 'dead' })).toEqual({ QueueUrl: QueueUrls[0] });
    expect(await sqs('GetQueueUrl', { QueueName: 'nothing' })).toMatchObject({
      __type: 'QueueDoesNotExist',
    });
  });
});

it('an unknown call is refused with a list of the known ones', async () => {
  const ssm = new SSMClient(small.client);
  const send = async (request: ToSign) => {
    const one = await signed(small.client.credentials, request);
    return fetch(one.url, one);
  };
  const target = (value: string) =>
    send({
      url: small.url,
      service: 'ssm',
      headers: { 'x-amz-target': value },
      body: '{}',
    });
  const service = await (await target('AmazonSSM.SendCommand')).json();
  expect(service).toMatchObject({
    __type: 'UnknownOperationException',
    message: expect.stringMatching(
      /ssm SendCommand .* knows DeleteParameter, DescribeParameters, /,
    ),
  });
  expect(await (await target('AWSGlue.GetJobs')).text()).toMatch(
    /AWSGlue .* knows .*dynamodb.*ecs.*ssm/,
  );
  const rest = await send({
    url: `${small.url}/2015-03-31/layers`,
    method: 'GET',
    service: 'lambda',
  });
  expect(await rest.text()).toMatch(/ListFunctions/);
  ssm.destroy();
});
