import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, openCloud } from '../../local/cloud.ts';
import { openEndpoint, type Protocol } from '../../local/endpoint/server.ts';
import { openTaskKeys } from '../../local/endpoint/task-keys.ts';
import type { Faults } from '../../local/endpoint/watch.ts';
import { startQueueMapping } from '../../local/lambda/queue-mapping.ts';
import { openTeardown } from '../../local/machine/teardown.ts';
import { awsAccount } from '../../local/template/aws-account.ts';
import { planOf } from '../../local/template/plan.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { withOperator } from './operator.ts';
import { zipOf } from './zip.ts';

const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/davit-local';

const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

const functionOf = (name: string, more: object = {}): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `davit-local-${name}`,
    Handler: `functions/${name}.handler`,
    Runtime: 'nodejs24.x',
    MemorySize: 128,
    Timeout: 2,
    Code: { S3Bucket: { Ref: 'Bucket' }, S3Key: `serverless/davit/local/1/${name}.zip` },
    Environment: { Variables: { DAVIT_TABLE: { Ref: 'TasksTable' } } },
    ...more,
  },
});

const template = {
  Parameters: {
    ClusterName: { Default: 'davit-local' },
    Registry: { Default: registry },
    BrokerSecretArn: { Default: secretArn('broker') },
    BrokerAdminSecretArn: { Default: secretArn('broker-admin') },
    PublisherSecretArn: { Default: secretArn('publisher') },
  },
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket' },
    MirrorRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'davit-local-mirror',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'lambda.amazonaws.com' },
              Action: 'sts:AssumeRole',
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'mirror',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'ecs:ListTasks', Resource: '*' }],
            },
          },
        ],
      },
    },
    Mirror: functionOf('mirror', { Role: { 'Fn::GetAtt': ['MirrorRole', 'Arn'] } }),
    Collect: functionOf('collect'),
    TasksTable: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'davit-local-tasks',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'taskId', AttributeType: 'S' },
          { AttributeName: 'phase', AttributeType: 'S' },
          { AttributeName: 'updatedAt', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-phase',
            KeySchema: [
              { AttributeName: 'phase', KeyType: 'HASH' },
              { AttributeName: 'updatedAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    },
    ToolsLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/davit/local/tools', RetentionInDays: 30 },
    },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Events: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'events',
        VisibilityTimeout: 1,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
          maxReceiveCount: 2,
        },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.ecs', 'test'] },
        Targets: [{ Id: 'q', Arn: { 'Fn::GetAtt': ['Events', 'Arn'] } }],
      },
    },
    PinRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.ssm'], detail: { name: [{ prefix: '/davit/' }] } },
        Targets: [{ Id: 'f', Arn: { 'Fn::GetAtt': ['Collect', 'Arn'] } }],
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Collect' },
        EventSourceArn: { 'Fn::GetAtt': ['Events', 'Arn'] },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
  },
};

const mirror = `export const handler = async (event, context) => {
  if (event.throw) throw new TypeError(event.throw);
  if (event.waitMs) await new Promise((resolve) => setTimeout(resolve, event.waitMs));
  if (event.exit) process.exit(event.exit);
  if (event.say) console.log(event.say);
  if (event.fetch) await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers: event.fetch, body: '{}' });
  return { event, env: process.env, pid: process.pid, left: context.getRemainingTimeInMillis() };
};`;

const collect = `export const handler = async (event) => {
  const failed = [];
  for (const record of event.Records ?? [{ body: JSON.stringify(event) }]) {
    if (record.body.includes('"poison"')) failed.push({ itemIdentifier: record.messageId });
    else console.log(record.body);
  }
  return { batchItemFailures: failed };
};`;

/** The services without a broker, on a template of two functions: `mirror`, and `collect` behind the queue `events`. */
export interface SmallCloud {
  readonly cloud: Cloud;
  readonly url: string;
  /** For any client of the SDK. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly registry: string;
  readonly dir: string;
  /** The events that `collect` got and printed, in order. */
  readonly events: () => readonly Record<string, unknown>[];
  readonly putImage: (repository: string, tag: string, command: readonly string[]) => void;
  /** Ends everything; with `keep` the folder stays for the next one. */
  readonly stop: (keep?: 'keep') => Promise<void>;
}

/** Opens the small cloud in a folder of its own, or in the one that an earlier one left. */
export const openSmallCloud = async (
  options: { readonly faults?: Faults; readonly dir?: string } = {},
): Promise<SmallCloud> => {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'davit-cloud-'));
  const packageDir = join(dir, 'package');
  mkdirSync(packageDir, { recursive: true });
  writeFileSync(join(packageDir, 'mirror.zip'), zipOf({ 'functions/mirror.mjs': mirror }));
  writeFileSync(join(packageDir, 'collect.zip'), zipOf({ 'functions/collect.mjs': collect }));
  const teardown = openTeardown((line) => process.stderr.write(`${line}\n`));
  const protocols: Protocol[] = [];
  const { credentials, key } = withOperator();
  const taskKeys = openTaskKeys(credentials);
  const { region } = awsAccount;
  const endpoint = await openEndpoint({
    port: 0,
    protocols,
    credentials,
    taskKeys,
    region,
    keysFile: '.davit/local.json',
  });
  teardown.add('endpoint', endpoint.stop);
  const url = `http://127.0.0.1:${endpoint.port}`;
  const plan = planOf(resolveTemplate(template, {}, awsAccount));
  const cloud = await openCloud({
    dir,
    engine: undefined,
    imagesDir: join(dir, 'images'),
    plan,
    packageDir,
    users: {
      functions: { username: 'u', password: 'p' },
      publisher: { username: 'publisher', password: 'p' },
    },
    admin: { username: 'admin', password: 'p' },
    endpointUrl: () => url,
    credentials,
    taskKeys,
    faults: options.faults ?? {},
    teardown,
    log: () => {},
  });
  protocols.push(...cloud.protocols);
  for (const mapping of plan.lambda.queueMappings) {
    const poller = startQueueMapping(mapping, {
      queues: cloud.queues,
      invoke: cloud.functions.invoke,
      region: awsAccount.region,
    });
    teardown.add('poller', poller.stop);
  }
  return {
    cloud,
    url,
    client: {
      endpoint: url,
      region,
      credentials: key,
    },
    registry,
    dir,
    events: () =>
      (cloud.logs.streams('/aws/lambda/davit-local-collect') ?? []).flatMap((stream) =>
        (cloud.logs.forward('/aws/lambda/davit-local-collect', stream.name, 0)?.events ?? []).map(
          (event) => JSON.parse(event.message),
        ),
      ),
    putImage: (repository, tag, command) => {
      const folder = join(dir, 'images', repository, tag);
      mkdirSync(folder, { recursive: true });
      const digest = `sha256:${tag.padEnd(64, '0')}`;
      writeFileSync(join(folder, 'image.json'), JSON.stringify({ command, digest }));
    },
    stop: async (keep) => {
      await teardown.run();
      if (keep === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
};
