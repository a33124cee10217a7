import { isObject } from '../../shared/core/object.ts';
import {
  listAt,
  numberAt,
  ofType,
  type Resolved,
  type Resource,
  refuse,
  textAt,
} from '../template/types.ts';
import { functionNameOf } from './function-name.ts';
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

/** The enabled mappings from SQS queues. */
export const queueMappingsOf = (template: Resolved): readonly QueueMapping[] =>
  enabledMappings(template)
    .filter((one) => !isRabbit(one))
    .map(queueMapping);

/** The enabled mappings from RabbitMQ queues. */
export const triggersOf = (template: Resolved): readonly TriggerPlan[] =>
  enabledMappings(template).filter(isRabbit).map(trigger);

const enabledMappings = (template: Resolved): readonly Resource[] =>
  ofType(template, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => String(properties.Enabled) !== 'false',
  );

const isRabbit = ({ properties }: Resource): boolean => properties.Queues !== undefined;

const queueMapping = (resource: Resource): QueueMapping => {
  const { logicalId, properties } = resource;
  const source = textAt(properties.EventSourceArn, `${logicalId}.EventSourceArn`);
  if (!source.includes(':sqs:')) {
    throw refuse(
      logicalId,
      `the event source must be SQS or Amazon MQ for RabbitMQ here, but it is ${source}.`,
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

/** How long AWS waits for more messages when the template sets no window (Lambda API reference). */
const defaultWindowMs = 500;

const trigger = (resource: Resource): TriggerPlan => {
  const { logicalId, properties } = resource;
  const queues = listAt(properties.Queues, `${logicalId}.Queues`);
  const secretArn = accessOf(resource, 'BASIC_AUTH');
  if (queues.length !== 1) throw refuse(`${logicalId}.Queues`, 'there must be exactly one queue.');
  if (secretArn === undefined)
    throw refuse(logicalId, 'SourceAccessConfigurations must have a BASIC_AUTH.');
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
