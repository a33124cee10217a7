import { isObject } from '../endpoint/input.ts';
import { listAt, numberAt, type Resource, refuse, textAt } from '../template/types.ts';
import type { QueueMapping } from './queue-mapping.ts';

/** An event source mapping from a RabbitMQ queue on Amazon MQ to a function. */
export interface TriggerPlan {
  readonly functionName: string;
  readonly sourceArn: string;
  readonly queue: string;
  readonly virtualHost: string;
  readonly secretArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
}

/** The function's name from what a mapping or a target holds: name or ARN. */
export const functionNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? nameOrArn) : nameOrArn;

/** The mappings from SQS queues. */
export const queueMappingsOf = (resources: readonly Resource[]): readonly QueueMapping[] =>
  resources.filter((one) => !isRabbit(one) && !isDisabled(one)).map(queueMapping);

/** The mappings from RabbitMQ queues. */
export const triggersOf = (resources: readonly Resource[]): readonly TriggerPlan[] =>
  resources.filter((one) => isRabbit(one) && !isDisabled(one)).map(trigger);

const isRabbit = ({ properties }: Resource): boolean => properties.Queues !== undefined;

const isDisabled = ({ properties }: Resource): boolean => String(properties.Enabled) === 'false';

const queueMapping = (resource: Resource): QueueMapping => {
  const { logicalId, properties } = resource;
  const source = textAt(properties.EventSourceArn, `${logicalId}.EventSourceArn`);
  if (!source.includes(':sqs:')) {
    throw refuse(
      logicalId,
      `an event source is SQS or Amazon MQ for RabbitMQ here, not ${source}.`,
    );
  }
  const scaling = isObject(properties.ScalingConfig) ? properties.ScalingConfig : {};
  return {
    queueArn: source,
    functionName: functionNameOf(textAt(properties.FunctionName, logicalId)),
    batchSize: numberAt(properties.BatchSize, `${logicalId}.BatchSize`, 10),
    windowMs: numberAt(properties.MaximumBatchingWindowInSeconds, logicalId, 0) * 1000,
    // Lambda starts with five pollers of a standard queue (Lambda developer guide, "Using Lambda with Amazon SQS").
    maxConcurrency: Math.min(numberAt(scaling.MaximumConcurrency, logicalId, 5), 5),
    reportsItems: listAt(properties.FunctionResponseTypes, logicalId).includes(
      'ReportBatchItemFailures',
    ),
  };
};

/** The half second that AWS waits for company when nothing is said (Lambda API reference). */
const defaultWindowMs = 500;

const trigger = (resource: Resource): TriggerPlan => {
  const { logicalId, properties } = resource;
  const queues = listAt(properties.Queues, `${logicalId}.Queues`);
  const secretArn = accessOf(resource, 'BASIC_AUTH');
  if (queues.length !== 1) throw refuse(`${logicalId}.Queues`, 'there must be exactly one.');
  if (secretArn === undefined)
    throw refuse(logicalId, 'there is no BASIC_AUTH among its accesses.');
  const window = properties.MaximumBatchingWindowInSeconds;
  return {
    functionName: functionNameOf(textAt(properties.FunctionName, logicalId)),
    sourceArn: textAt(properties.EventSourceArn, `${logicalId}.EventSourceArn`),
    queue: textAt(queues[0], `${logicalId}.Queues`),
    virtualHost: accessOf(resource, 'VIRTUAL_HOST') ?? '/',
    secretArn,
    batchSize: numberAt(properties.BatchSize, `${logicalId}.BatchSize`, 100),
    windowMs: window === undefined ? defaultWindowMs : numberAt(window, logicalId, 0) * 1000,
  };
};

const accessOf = ({ logicalId, properties }: Resource, type: string): string | undefined => {
  const where = `${logicalId}.SourceAccessConfigurations`;
  for (const access of listAt(properties.SourceAccessConfigurations, where)) {
    if (isObject(access) && access.Type === type) return textAt(access.URI, where);
  }
  return undefined;
};
