import type { TableSpec } from '../dynamodb/api.ts';
import { isObject, type JsonObject } from '../endpoint/input.ts';
import type { QueueSpec } from '../sqs/queues.ts';
import { place } from './place.ts';
import { numberAt, objectAt, type Place, type Resource, refuse, textAt } from './types.ts';

/** The tables of the template. */
export const tablesOf = (resources: readonly Resource[]): readonly TableSpec[] =>
  resources.map(tableOf);

/** The queues of the template; FIFO queues are refused. */
export const queuesOf = (resources: readonly Resource[]): readonly QueueSpec[] =>
  resources.map(({ logicalId, properties }) => {
    if (properties.FifoQueue === true) throw refuse(logicalId, 'the local AWS has no FIFO queues.');
    const name = textAt(properties.QueueName, `${logicalId}.QueueName`);
    const redrive = redriveOf(properties.RedrivePolicy, `${logicalId}.RedrivePolicy`);
    return {
      name,
      arn: queueArn(name, place),
      // 30 s is SQS's own default (SQS API reference, VisibilityTimeout).
      visibilityTimeoutMs: numberAt(properties.VisibilityTimeout, logicalId, 30) * 1000,
      ...(redrive === undefined ? {} : { redrive }),
    };
  });

/** CloudFormation's table properties that are CreateTable's input too, and mean something to dynalite. */
const tableInputs = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

/** Properties that may be left out here: what they promise nobody can miss on one machine. */
const tableExtras = new Set([
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'Tags',
  'TableClass',
  'TimeToLiveSpecification',
]);

const tableOf = ({ logicalId, properties }: Resource): TableSpec => {
  for (const name of Object.keys(properties)) {
    if (!tableInputs.includes(name) && !tableExtras.has(name)) {
      throw refuse(logicalId, `the local table has no ${name}.`);
    }
  }
  const input: JsonObject = Object.fromEntries(
    Object.entries(properties).filter(([name]) => tableInputs.includes(name)),
  );
  const ttl = properties.TimeToLiveSpecification;
  const expiresBy =
    isObject(ttl) && String(ttl.Enabled) === 'true' ? String(ttl.AttributeName) : undefined;
  return { input, expiresBy };
};

const redriveOf = (value: unknown, where: string): QueueSpec['redrive'] => {
  if (value === undefined) return undefined;
  const policy = objectAt(typeof value === 'string' ? JSON.parse(value) : value, where);
  return {
    deadQueueArn: textAt(policy.deadLetterTargetArn, `${where}.deadLetterTargetArn`),
    maxReceiveCount: numberAt(policy.maxReceiveCount, `${where}.maxReceiveCount`, 10),
  };
};

/** The ARN of a queue of this account by its name. */
const queueArn = (name: string, { account, region }: Place): string =>
  `arn:aws:sqs:${region}:${account}:${name}`;
