import { beforeAll, describe, expect, it } from 'vitest';
import { awsAccount } from '../../local/template/aws-account.ts';
import { type AwsAccount, objectAt, type Resource } from '../../local/template/types.ts';
import { functions, type Name } from '../kit/grants.ts';
import { type ApiCall, asRole, byResource } from '../kit/simulate.ts';
import { compiled } from '../kit/template.ts';

let template: Awaited<ReturnType<typeof compiled>>;
beforeAll(async () => {
  template = await compiled();
}, 300_000);

const idOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const resource = (
  id: string,
  given: Readonly<Record<string, string>> = {},
  at: AwsAccount = awsAccount,
): Resource => {
  const found = template.deployed(given, at).get(id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
};

const here = (service: string, rest: string): string =>
  `arn:aws:${service}:${awsAccount.region}:${awsAccount.account}:${rest}`;

/** What IAM says of a call in the name of a function's role. */
const says = (name: Name, call: ApiCall, given: Readonly<Record<string, string>> = {}) =>
  asRole(
    resource(`${idOf(name)}Role`, given),
    `arn:aws:iam::${awsAccount.account}:role/${name}`,
    call,
  );

/** The same call by the code of the function: Lambda names it in the credentials that the code gets, and in no others. */
const byCode = (name: Name, call: ApiCall): ApiCall => ({
  ...call,
  context: {
    ...call.context,
    'lambda:SourceFunctionArn': here('lambda', `function:davit-local-${name}`),
  },
});

describe('what Lambda itself needs', () => {
  const nic = here('ec2', 'network-interface/eni-1');
  const broker = here('mq', 'broker:davit:b-1');
  const queue = here('sqs', 'davit-local-ecs-events');
  const failed = here('sqs', 'davit-local-failed-lines');
  type Case = readonly [name: Name, action: string, resource: string];
  const cases: readonly Case[] = [
    ...(['dispatch', 'settle', 'sweep', 'control', 'relay', 'topology'] as const).flatMap(
      (name): readonly Case[] => [
        [name, 'ec2:CreateNetworkInterface', nic],
        [name, 'ec2:DeleteNetworkInterface', nic],
        [name, 'ec2:AssignPrivateIpAddresses', nic],
        [name, 'ec2:DescribeSubnets', '*'],
      ],
    ),
    ...(['dispatch', 'control'] as const).flatMap((name): readonly Case[] => [
      [name, 'mq:DescribeBroker', broker],
      [name, 'ec2:DescribeVpcs', '*'],
    ]),
    ['settle', 'sqs:ReceiveMessage', queue],
    ['settle', 'sqs:DeleteMessage', queue],
    ['relay', 'sqs:SendMessage', failed],
    ['relay', 'sqs:ReceiveMessage', failed],
    ['relay', 'sqs:DeleteMessage', failed],
  ];

  it.each(cases)('is kept from code that runs in %s: %s', async (name, action, resource) => {
    const call = { action, resource };
    const given = { BrokerArn: broker };
    expect(await says(name, call, given)).toBe('Allowed');
    expect(await says(name, byCode(name, call), given)).toBe('ExplicitlyDenied');
  });

  it('is all that is kept from it', async () => {
    const table = here('dynamodb', 'table/davit-local-tasks');
    const reads = { action: 'dynamodb:GetItem', resource: table };
    expect(await says('dispatch', byCode('dispatch', reads))).toBe('Allowed');
    const logs = here('logs', 'log-group:/aws/lambda/davit-local-dispatch:log-stream:x');
    const writes = { action: 'logs:PutLogEvents', resource: logs };
    expect(await says('dispatch', byCode('dispatch', writes))).toBe('Allowed');
  });
});

describe("a customer's key", () => {
  const secret = (name: string) => here('secretsmanager', `secret:${name}-AbCdEf`);
  const given = {
    BrokerSecretArn: secret('broker'),
    BrokerAdminSecretArn: secret('admin'),
    PublisherSecretArn: secret('publisher'),
  };
  const via = `secretsmanager.${awsAccount.region}.amazonaws.com`;
  // The default policy of a key: its account's IAM policies decide.
  const keyPolicy = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${awsAccount.account}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  };
  const decrypts = (name: string, service = via): ApiCall => ({
    action: 'kms:Decrypt',
    resource: here('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'),
    context: { 'kms:ViaService': service, 'kms:EncryptionContext:SecretARN': secret(name) },
    resourcePolicy: keyPolicy,
  });

  it.each(['dispatch', 'settle', 'sweep', 'control', 'relay', 'topology'] as const)(
    'opens for %s the secrets that it may read, by Secrets Manager alone',
    async (name) => {
      expect(await says(name, decrypts('broker'), given)).toBe('Allowed');
      expect(await says(name, decrypts('broker', 'ssm.eu-central-1.amazonaws.com'), given)).toBe(
        'ImplicitlyDenied',
      );
      expect(await says(name, decrypts('other'), given)).toBe('ImplicitlyDenied');
      const admin = name === 'topology' ? 'Allowed' : 'ImplicitlyDenied';
      expect(await says(name, decrypts('admin'), given)).toBe(admin);
    },
  );

  it('opens nothing for release, which reads no secret', async () => {
    expect(await says('release', decrypts('broker'), given)).toBe('ImplicitlyDenied');
  });
});

describe('release looks for images', () => {
  const looks = (registry: string, repository: string) =>
    says('release', { action: 'ecr:DescribeImages', resource: repository }, { Registry: registry });

  it.each([
    ['one level', '123456789012', 'eu-central-1', 'davit-prod'],
    ['several levels', '123456789012', 'eu-central-1', 'media/davit/prod'],
    ['another account', '210987654321', 'eu-central-1', 'shared/davit'],
    ['another region', '123456789012', 'us-east-1', 'davit-prod'],
  ])('below the path of the registry: %s', async (_what, account, region, path) => {
    const registry = `${account}.dkr.ecr.${region}.amazonaws.com/${path}`;
    const repository = (name: string) => `arn:aws:ecr:${region}:${account}:repository/${name}`;
    expect(await looks(registry, repository(`${path}/transcoder`))).toBe('Allowed');
    expect(await looks(registry, repository('transcoder'))).toBe('ImplicitlyDenied');
    expect(await looks(registry, repository(`${path}-other/transcoder`))).toBe('ImplicitlyDenied');
    const elsewhere = `arn:aws:ecr:eu-west-3:${account}:repository/${path}/transcoder`;
    expect(await looks(registry, elsewhere)).toBe('ImplicitlyDenied');
  });
});

describe('the queues', () => {
  const sends = (secure: string, from: string): ApiCall => ({
    action: 'sqs:SendMessage',
    resource: here('sqs', 'davit-local-ecs-events'),
    context: { 'aws:SourceArn': from, 'aws:SecureTransport': secure },
  });
  const rule = here('events', 'rule/davit-local-ecs-events');
  const policy = (id = 'EcsEventsQueuePolicy'): object =>
    objectAt(resource(id).properties.PolicyDocument, 'PolicyDocument');
  const asRule = (call: ApiCall) =>
    byResource('events.amazonaws.com', { ...call, resourcePolicy: policy() });

  it('of ECS events take messages of the rule over TLS, and nothing else', async () => {
    expect(await asRule(sends('true', rule))).toBe('Allowed');
    expect(await asRule(sends('true', `${rule}-2`))).toBe('ImplicitlyDenied');
    expect(await asRule(sends('false', rule))).toBe('ExplicitlyDenied');
  });

  it('are read over TLS alone, also by whom a role allows it', async () => {
    for (const [queue, id] of [
      ['davit-local-ecs-events', 'EcsEventsQueuePolicy'],
      ['davit-local-ecs-events-dead', 'EcsEventsQueuePolicy'],
      ['davit-local-failed-lines', 'FailedLinesQueuePolicy'],
      ['davit-local-failed-lines-dead', 'FailedLinesQueuePolicy'],
    ] as const) {
      const reads = {
        action: 'sqs:ReceiveMessage',
        resource: here('sqs', queue),
        context: { 'aws:SecureTransport': 'false' },
        resourcePolicy: policy(id),
      };
      const role = `arn:aws:iam::${awsAccount.account}:role/operator`;
      expect(await byResource(role, reads)).toBe('ExplicitlyDenied');
    }
  });

  it('are all under such a policy', () => {
    const queues = [...template.deployed().values()].flatMap(({ type, logicalId }) =>
      type === 'AWS::SQS::Queue' ? [logicalId] : [],
    );
    const covered = Object.values(template.resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::SQS::QueuePolicy' ? [Properties.Queues].flat() : [],
    );
    expect(covered).toEqual(queues.map((id) => ({ Ref: id })));
  });
});

describe('roles', () => {
  it('have names of their own in each region, since IAM has one list of them for all', () => {
    const names = (region: string) =>
      functions.map(
        (name) =>
          resource(`${idOf(name)}Role`, {}, { ...awsAccount, region }).properties.RoleName ?? name,
      );
    expect(names('us-east-1').filter((name) => names('eu-central-1').includes(name))).toEqual([]);
    // IAM takes 64 characters, a stage may have 16.
    for (const name of names('ap-southeast-1')) {
      expect(String(name).length + 16 - 'local'.length).toBeLessThanOrEqual(64);
    }
  });

  it('stay below what IAM takes of policies in a role', () => {
    for (const name of functions) {
      const size = JSON.stringify(resource(`${idOf(name)}Role`).properties.Policies).length;
      // 10,240 characters, white space aside (IAM quotas).
      expect({ name, fits: size < 10_000 }).toEqual({ name, fits: true });
    }
  });
});
