import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../kit/root.ts';
import { compiled, type Resource } from '../kit/template.ts';

let template: Awaited<ReturnType<typeof compiled>>;
beforeAll(async () => {
  template = await compiled();
}, 300_000);

const declared: { readonly Parameters: Readonly<Record<string, { readonly Default: string }>> } =
  parse(readFileSync(join(root, 'infra/parameters.yml'), 'utf8'));

const all = (): readonly [string, Resource][] => Object.entries(template.resources);

const mappings = () => all().filter(([, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping');

/** What names a resource of this type, and what else can be given only when it is made (CloudFormation's resource schemas). */
const fixed: Readonly<
  Record<string, { readonly name: string; readonly others: readonly string[] }>
> = {
  'AWS::DynamoDB::Table': { name: 'TableName', others: ['KeySchema', 'LocalSecondaryIndexes'] },
  'AWS::Events::EventBus': { name: 'Name', others: [] },
  'AWS::Events::Rule': { name: 'Name', others: ['EventBusName'] },
  'AWS::IAM::ManagedPolicy': { name: 'ManagedPolicyName', others: ['Description', 'Path'] },
  'AWS::IAM::Role': { name: 'RoleName', others: ['Path'] },
  'AWS::Lambda::Function': { name: 'FunctionName', others: ['PackageType', 'TenancyConfig'] },
  'AWS::Logs::LogGroup': { name: 'LogGroupName', others: ['LogGroupClass'] },
  'AWS::Logs::SubscriptionFilter': { name: 'FilterName', others: ['LogGroupName'] },
  'AWS::SQS::Queue': { name: 'QueueName', others: ['FifoQueue'] },
  'AWS::SSM::Parameter': { name: 'Name', others: [] },
};

/** Types whose resources have no name of ours: CloudFormation may make another before it removes the old one. */
const nameless = [
  // Its name is that of an entry in a role, which an update may change.
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Permission',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
];

/**
 * What a value refers to and changes with. Pseudo parameters are the same for all of a stack's life, and so is what has a name of
 * ours: these tests hold that.
 */
const references = (value: unknown): readonly string[] => {
  const text = JSON.stringify(value ?? null);
  const found = [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"|\$\{([^}]+)\}/g)];
  return found.flatMap(([, ref, inText]) => {
    const name = ref ?? inText ?? '';
    return name.startsWith('AWS::') || isNamed(name.split('.')[0] ?? '') ? [] : [name];
  });
};

const isNamed = (id: string): boolean =>
  all().some(([other, { Type }]) => other === id && Type in fixed);

describe('a later deploy', () => {
  it('knows every type of the template, so that no new one escapes these tests', () => {
    const types = new Set(all().map(([, { Type }]) => Type));
    expect([...types].toSorted()).toEqual(
      [...Object.keys(fixed), ...nameless].filter((type) => types.has(type)).toSorted(),
    );
  });

  it('can replace no resource that has a name of ours, for CloudFormation refuses to', () => {
    for (const [id, { Type, Properties }] of all()) {
      const { name, others } = fixed[Type] ?? { name: '', others: [] };
      for (const property of [name, ...others]) {
        expect({ id, property, changesWith: references(Properties[property]) }).toEqual({
          id,
          property,
          changesWith: [],
        });
      }
    }
  });

  // UpdateEventSourceMapping refuses it, though CloudFormation calls it a change in place: "Invalid parameters: VIRTUAL_HOST".
  it('finds no VIRTUAL_HOST at a trigger, whose update is refused', () => {
    expect(mappings().length).toBeGreaterThan(2);
    for (const [id, { Properties }] of mappings()) {
      expect({ id, accesses: JSON.stringify(Properties) }).not.toMatchObject({
        accesses: expect.stringContaining('VIRTUAL_HOST'),
      });
    }
  });

  // UpdateEventSourceMapping takes no queue; CloudFormation says that it changed it, and nothing changes.
  it('finds the queue of a trigger as it was made', () => {
    const queues = mappings().flatMap(([id, { Properties }]) =>
      Properties.Queues === undefined ? [] : [[id, Properties.Queues]],
    );
    expect(Object.fromEntries(queues)).toMatchObject({
      TasksTrigger: ['davit.tasks'],
      DoorbellsTrigger: ['davit.doorbells'],
      ControlTrigger: ['davit.control'],
      DroppedTrigger: ['davit.dropped'],
    });
    expect(references(queues)).toEqual([]);
  });
});

it('takes no virtual host but /, which is what a trigger reads when none is named', () => {
  expect(template.parameters.VirtualHost).toMatchObject({ Default: '/', AllowedValues: ['/'] });
});

// `serverless deploy` remembers no parameter: what one does not name has its default again.
describe('a deploy that forgets a parameter', () => {
  /** The defaults, and why an existing stage is not harmed by them. */
  const harmless: Readonly<Record<string, string>> = {
    virtualHost: 'there is no other value',
    replyPrefix:
      'what most stages have; of others, messages are rejected with a word of the prefix',
    triggers: 'what every deploy but the first one wants',
  };

  it('is refused, or changes nothing of a stage that works', () => {
    const defaults = Object.values(declared.Parameters).flatMap(({ Default }) => {
      const [, name] = /^\$\{param:(\w+),/.exec(Default) ?? [];
      return name === undefined ? [] : [name];
    });
    expect(defaults.toSorted()).toEqual(Object.keys(harmless).toSorted());
  });

  it('leaves the triggers on, which the first deploy alone leaves off: their queues do not exist yet', () => {
    const enabled = (given?: Readonly<Record<string, string>>) =>
      [...template.deployed(given).values()].flatMap(({ type, logicalId, properties }) =>
        type === 'AWS::Lambda::EventSourceMapping' && properties.Queues !== undefined
          ? [[logicalId, String(properties.Enabled)]]
          : [],
      );
    const triggers = mappings().flatMap(([id, { Properties }]) => (Properties.Queues ? [id] : []));
    expect(triggers.length).toBeGreaterThan(1);
    expect(enabled()).toEqual(triggers.map((id) => [id, 'true']));
    expect(enabled({ Triggers: 'later' })).toEqual(triggers.map((id) => [id, 'false']));
    expect(template.parameters.Triggers).toMatchObject({
      Default: 'now',
      AllowedValues: ['now', 'later'],
    });
  });

  it('leaves the functions in their VPC, for a stage without one has to say so', () => {
    const inVpc = (given?: Readonly<Record<string, string>>) =>
      [...template.deployed(given).values()].flatMap(({ logicalId, properties }) =>
        properties.VpcConfig === undefined ? [] : [[logicalId, properties.VpcConfig]],
      );
    expect(template.parameters.FunctionSubnetIds?.Default).toBe('none');
    expect(inVpc()).toEqual([]);
    const given = { FunctionSubnetIds: 'subnet-1,subnet-2', FunctionSecurityGroupIds: 'sg-1' };
    expect(inVpc(given)).toEqual(
      ['Dispatch', 'Settle', 'Sweep', 'Control', 'Relay', 'Topology'].map((name) => [
        `${name}LambdaFunction`,
        { SubnetIds: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
      ]),
    );
  });
});
