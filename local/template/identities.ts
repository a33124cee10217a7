import type { JsonObject } from '../endpoint/input.ts';
import type { Place } from './types.ts';

/** What `Ref` and `Fn::GetAtt` say of a resource, from its properties. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (
  property: (name: string) => string | undefined,
  logicalId: string,
  place: Place,
) => Identity;

const plain: Identify = (_property, logicalId, { stackName }) => ({
  ref: `${stackName}-${logicalId}`,
  attributes: {},
});

/** Every resource type that may be in the template; one that is not here is refused, so that nothing is left out in silence. */
const known: Readonly<Record<string, Identify>> = {
  'AWS::Lambda::Function': (property, id, place) => {
    const name = property('FunctionName') ?? `${place.stackName}-${id}`;
    return withArn(name, arn('lambda', place, `function:${name}`));
  },
  'AWS::DynamoDB::Table': (property, id, place) => {
    const name = property('TableName') ?? `${place.stackName}-${id}`;
    return withArn(name, arn('dynamodb', place, `table/${name}`));
  },
  'AWS::SQS::Queue': (property, id, place) => {
    const name = property('QueueName') ?? `${place.stackName}-${id}`;
    const url = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
    return {
      ref: url,
      attributes: { Arn: arn('sqs', place, name), QueueName: name, QueueUrl: url },
    };
  },
  'AWS::SSM::Parameter': (property, id, place) => ({
    ref: property('Name') ?? `${place.stackName}-${id}`,
    attributes: { Type: property('Type') ?? 'String' },
  }),
  'AWS::Events::Rule': (property, id, place) => {
    const name = property('Name') ?? `${place.stackName}-${id}`;
    return withArn(name, arn('events', place, `rule/${name}`));
  },
  'AWS::Events::EventBus': (property, id, place) => {
    const name = property('Name') ?? `${place.stackName}-${id}`;
    return withArn(name, arn('events', place, `event-bus/${name}`), { Name: name });
  },
  'AWS::Logs::LogGroup': (property, id, place) => {
    const name = property('LogGroupName') ?? `${place.stackName}-${id}`;
    return withArn(name, arn('logs', place, `log-group:${name}:*`));
  },
  'AWS::IAM::Role': (property, id, place) => {
    const name = property('RoleName') ?? `${place.stackName}-${id}`;
    return withArn(name, `arn:aws:iam::${place.account}:role/${name}`);
  },
  // `Ref` of a managed policy is its ARN (CloudFormation user guide, AWS::IAM::ManagedPolicy).
  'AWS::IAM::ManagedPolicy': (property, id, { account, stackName }) => {
    const name = property('ManagedPolicyName') ?? `${stackName}-${id}`;
    const ref = `arn:aws:iam::${account}:policy/${name}`;
    return { ref, attributes: { PolicyArn: ref } };
  },
  'AWS::S3::Bucket': (property, id, place) => {
    const name = property('BucketName') ?? `${place.stackName}-${id}`.toLowerCase();
    return withArn(name, `arn:aws:s3:::${name}`);
  },
  'AWS::SNS::Topic': (property, id, place) => {
    const name = property('TopicName') ?? `${place.stackName}-${id}`;
    return { ref: arn('sns', place, name), attributes: { TopicName: name } };
  },
  'AWS::CloudWatch::Alarm': (property, id, place) => {
    const name = property('AlarmName') ?? `${place.stackName}-${id}`;
    return withArn(name, arn('cloudwatch', place, `alarm:${name}`));
  },
  'AWS::CloudWatch::Dashboard': plain,
  'AWS::IAM::Policy': plain,
  'AWS::Lambda::EventSourceMapping': plain,
  'AWS::Lambda::EventInvokeConfig': plain,
  'AWS::Lambda::Permission': plain,
  'AWS::Lambda::Version': plain,
  'AWS::Logs::MetricFilter': plain,
  'AWS::S3::BucketPolicy': plain,
  'AWS::SQS::QueuePolicy': plain,
};

/** Types that mean nothing on this machine: alarms do not ring, bundles come from the disk, policies of resources are not asked. */
export const withoutMeaning: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic',
  'AWS::SQS::QueuePolicy',
]);

/** How a type of resource is named, or undefined for a type that is not known here. */
export const identifyBy = (
  type: string,
):
  | ((
      properties: JsonObject,
      logicalId: string,
      place: Place,
      text: (value: unknown) => string,
    ) => Identity)
  | undefined => {
  const identify = known[type];
  if (identify === undefined) return undefined;
  return (properties, logicalId, place, text) =>
    identify(
      (name) => (properties[name] === undefined ? undefined : text(properties[name])),
      logicalId,
      place,
    );
};

const withArn = (
  ref: string,
  arn: string,
  more: Readonly<Record<string, string>> = {},
): Identity => ({
  ref,
  attributes: { Arn: arn, ...more },
});

const arn = (service: string, { account, region }: Place, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
