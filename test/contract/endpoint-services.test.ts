import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeClustersCommand, ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signed } from '../kit/signed.ts';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';
import { until } from '../kit/until.ts';

let small: SmallCloud;

beforeAll(async () => {
  small = await openSmallCloud();
});

afterAll(() => small.stop());

describe('SSM', () => {
  it('keeps versions, and returns the newest or the requested one', async () => {
    const ssm = new SSMClient(small.client);
    const put = (Value: string, more: object = {}) =>
      ssm.send(new PutParameterCommand({ Name: '/davit/a', Value, Type: 'String', ...more }));
    expect((await put('one')).Version).toBe(1);
    await expect(put('two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect((await put('two', { Overwrite: true })).Version).toBe(2);
    const get = async (Name: string) =>
      (await ssm.send(new GetParameterCommand({ Name }))).Parameter;
    expect(await get('/davit/a')).toMatchObject({ Value: 'two', Version: 2 });
    expect((await get('/davit/a'))?.LastModifiedDate).toBeInstanceOf(Date);
    expect(await get('/davit/a:1')).toMatchObject({ Value: 'one', Version: 1, Selector: ':1' });
    await expect(get('/davit/a:7')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await expect(get('/davit/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  it('refuses a name, a value and a type that AWS would refuse', async () => {
    const ssm = new SSMClient(small.client);
    const put = (more: object) => {
      const usual = { Name: '/davit/strict', Value: 'x', Type: 'String' } as const;
      return ssm.send(new PutParameterCommand({ ...usual, ...more }));
    };
    const refused = (message: string) => ({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
    await expect(put({ Name: 'a/b' })).rejects.toMatchObject(refused('fully qualified'));
    await expect(put({ Value: 'a {{b}}' })).rejects.toMatchObject(refused("can't nest"));
    await expect(put({ Type: 'Foo' })).rejects.toMatchObject(refused("'Foo' at 'type'"));
    expect(await put({ Name: 'flat', Value: '{"a":{"b":1}}' })).toMatchObject({ Version: 1 });
  });

  it('names the missing ones among several, and refuses more than ten', async () => {
    const ssm = new SSMClient(small.client);
    await ssm.send(new PutParameterCommand({ Name: '/davit/b', Value: 'x', Type: 'String' }));
    const many = await ssm.send(new GetParametersCommand({ Names: ['/davit/b', '/davit/none'] }));
    expect(many.Parameters?.map((one) => one.Value)).toEqual(['x']);
    expect(many.InvalidParameters).toEqual(['/davit/none']);
    const eleven = Array.from({ length: 11 }, (_, n) => `/davit/${n}`);
    await expect(ssm.send(new GetParametersCommand({ Names: eleven }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('lists a path in pages, without what was deleted', async () => {
    const ssm = new SSMClient(small.client);
    for (const name of ['a/x', 'a/y', 'b/x', 'c']) {
      await ssm.send(
        new PutParameterCommand({ Name: `/davit/tree/${name}`, Value: name, Type: 'String' }),
      );
    }
    const names = async (input: { Recursive?: boolean; NextToken?: string }) => {
      const page = await ssm.send(
        new GetParametersByPathCommand({ Path: '/davit/tree', MaxResults: 2, ...input }),
      );
      return { names: page.Parameters?.map((one) => one.Value), next: page.NextToken };
    };
    const first = await names({ Recursive: true });
    expect(first.names).toEqual(['a/x', 'a/y']);
    const rest = await names({ Recursive: true, NextToken: first.next ?? '' });
    expect(rest).toEqual({ names: ['b/x', 'c'], next: undefined });
    expect((await names({})).names).toEqual(['c']);
    await ssm.send(new DeleteParameterCommand({ Name: '/davit/tree/c' }));
    expect((await names({})).names).toEqual([]);
  });

  it('refuses a value over 4 KB and a name that AWS would refuse', async () => {
    const ssm = new SSMClient(small.client);
    const put = (Name: string, Value: string) =>
      ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
    await expect(put('/davit/big', 'x'.repeat(4097))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(put('/davit/a b', 'x')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('sends an event without the value at each change, which a rule delivers to its function', async () => {
    const ssm = new SSMClient(small.client);
    await ssm.send(new PutParameterCommand({ Name: '/davit/sample', Value: 'v', Type: 'String' }));
    const event = await until('the change event', () =>
      small.events().find((one) => JSON.stringify(one).includes('"/davit/sample"')),
    );
    expect(event).toMatchObject({
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      detail: { operation: 'Create', name: '/davit/sample', type: 'String' },
    });
  });
});

describe('EventBridge', () => {
  it('delivers an event to the queue of the matching rule, and through it to the function', async () => {
    const events = new EventBridgeClient(small.client);
    const answer = await events.send(
      new PutEventsCommand({
        Entries: [
          { Source: 'test', DetailType: 'sample', Detail: '{"n":1}', Time: new Date(0) },
          { Source: 'other', DetailType: 'sample', Detail: '{"n":2}' },
          { Source: 'test', DetailType: 'sample', Detail: 'no json' },
        ],
      }),
    );
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[2]?.ErrorCode).toBe('MalformedDetail');
    const event = await until('the event', () =>
      small.events().find((one) => one['detail-type'] === 'sample'),
    );
    expect(event).toMatchObject({
      id: answer.Entries?.[0]?.EventId,
      detail: { n: 1 },
      account: '123456789012',
      time: '1970-01-01T00:00:00Z',
    });
    expect(JSON.stringify(small.events())).not.toContain('"n":2');
  });

  it('delivers a message again that its function reports as failed, and then moves it to the dead queue', async () => {
    const events = new EventBridgeClient(small.client);
    await events.send(
      new PutEventsCommand({
        Entries: [
          { Source: 'test', DetailType: 'sample', Detail: '{"kind":"poison"}' },
          { Source: 'test', DetailType: 'neighbour', Detail: '{}' },
        ],
      }),
    );
    await until('the neighbour', () =>
      small.events().find((one) => one['detail-type'] === 'neighbour'),
    );
    const dead = 'arn:aws:sqs:eu-central-1:123456789012:dead';
    await until('the dead letter', () => small.cloud.queues.size(dead) === 1 || undefined);
    const live = 'arn:aws:sqs:eu-central-1:123456789012:events';
    await until('an empty queue', () => small.cloud.queues.size(live) === 0 || undefined);
  });
});

describe('the other services', () => {
  it('returns a secret by ARN and by name', async () => {
    const secrets = new SecretsManagerClient(small.client);
    for (const SecretId of [
      'arn:aws:secretsmanager:eu-central-1:123456789012:secret:broker-AbCdEf',
      'broker',
    ]) {
      const secret = await secrets.send(new GetSecretValueCommand({ SecretId }));
      expect(secret.SecretString).toBe('{"username":"u","password":"p"}');
    }
    await expect(
      secrets.send(new GetSecretValueCommand({ SecretId: 'other' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('names the caller', async () => {
    const sts = new STSClient(small.client);
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe('123456789012');
  });

  it('describes an image by tag and by digest, and has different errors for a missing image and a missing repository', async () => {
    small.putImage('echo', '1.0.0', ['true']);
    const ecr = new ECRClient(small.client);
    const describe = async (repositoryName: string, imageId: object) =>
      (await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [imageId] })))
        .imageDetails?.[0];
    const byTag = await describe('davit-local/echo', { imageTag: '1.0.0' });
    expect(byTag).toMatchObject({ imageTags: ['1.0.0'], repositoryName: 'davit-local/echo' });
    expect(await describe('echo', { imageDigest: byTag?.imageDigest })).toMatchObject({
      imageTags: ['1.0.0'],
    });
    await expect(describe('echo', { imageTag: '9.9.9' })).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    });
    await expect(describe('none', { imageTag: '1.0.0' })).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });

  it('pages through a log stream from the head and from the tail', async () => {
    small.cloud.logs.append('/g', 'a/b', ['one', 'two', 'three', 'vier €']);
    const logs = new CloudWatchLogsClient(small.client);
    const stream = { logGroupName: '/g', logStreamName: 'a/b' };
    const get = async (input: object) => {
      const page = await logs.send(new GetLogEventsCommand({ ...stream, ...input }));
      return { lines: page.events?.map((event) => event.message), page };
    };
    const head = await get({ startFromHead: true, limit: 3 });
    expect(head.lines).toEqual(['one', 'two', 'three']);
    const next = await get({ nextToken: head.page.nextForwardToken });
    expect(next.lines).toEqual(['vier €']);
    const end = await get({ nextToken: next.page.nextForwardToken });
    expect(end.lines).toEqual([]);
    expect(end.page.nextForwardToken).toBe(next.page.nextForwardToken);
    const tail = await get({ limit: 2 });
    expect(tail.lines).toEqual(['three', 'vier €']);
    expect((await get({ nextToken: tail.page.nextBackwardToken })).lines).toEqual(['one', 'two']);
    const streams = await logs.send(new DescribeLogStreamsCommand({ logGroupName: '/g' }));
    expect(streams.logStreams?.map((one) => one.logStreamName)).toEqual(['a/b']);
    await expect(get({ logStreamName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuses an unknown call with an error in the form of AWS', async () => {
    const post = async (headers: Record<string, string>, body: string, service = 'ssm') => {
      const key = small.client.credentials;
      const one = await signed(key, { url: small.url, service, headers, body });
      const answer = await fetch(one.url, one);
      return { status: answer.status, text: await answer.text() };
    };
    const json = { 'content-type': 'application/x-amz-json-1.1' };
    const unknown = await post({ ...json, 'x-amz-target': 'AmazonSSM.SendCommand' }, '{}');
    expect(unknown.status).toBe(400);
    expect(JSON.parse(unknown.text)).toMatchObject({ __type: 'UnknownOperationException' });
    const service = await post({ ...json, 'x-amz-target': 'AmazonSQS.SendMessage' }, '{}', 'sqs');
    expect(JSON.parse(service.text)).toMatchObject({ __type: 'UnknownOperationException' });
    const garbage = await post({ ...json, 'x-amz-target': 'AmazonSSM.GetParameter' }, '{');
    expect(JSON.parse(garbage.text)).toMatchObject({ __type: 'SerializationException' });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const query = await post(form, 'Action=ListUsers&Version=2010-05-08', 'sts');
    expect(query.text).toContain('<Code>InvalidAction</Code>');
  });

  it('passes the answers and errors of the ECS model on to the client', async () => {
    const ecs = new ECSClient(small.client);
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['davit-local'] }));
    expect(clusters?.[0]?.status).toBe('ACTIVE');
    const elsewhere = new RunTaskCommand({ cluster: 'elsewhere', taskDefinition: 'davit_local_x' });
    await expect(ecs.send(elsewhere)).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
      $metadata: { httpStatusCode: 400 },
    });
  });
});
