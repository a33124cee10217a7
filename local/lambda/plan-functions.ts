import { isObject } from '../../shared/core/object.ts';
import {
  numberAt,
  objectAt,
  ofType,
  type Resolved,
  type Resource,
  refuse,
  textAt,
} from '../template/types.ts';
import { functionNameOf } from './function-name.ts';

/** A function of the template, before its bundle is unpacked. */
export interface PlannedFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly roleArn?: string;
  readonly handler: string;
  /** The file name of its bundle in the package folder. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly logGroup: string;
  readonly reservedConcurrency: number | undefined;
  /** Where the event of an asynchronous invocation goes, as it is, when all tries have failed. */
  readonly deadLetterArn?: string;
}

/** How often an asynchronous invocation is retried, and where its event goes when all tries have failed. */
export interface AsyncPlan {
  readonly maxRetries: number;
  readonly onFailureArn: string | undefined;
}

/** The functions of the template with their bundles, environment, memory and timeout. */
export const functionsOf = (template: Resolved): readonly PlannedFunction[] =>
  ofType(template, 'AWS::Lambda::Function').map(plannedFunction);

/** The settings of asynchronous invocations, by function name. */
export const asyncPlanOf = (template: Resolved): ReadonlyMap<string, AsyncPlan> =>
  new Map(
    ofType(template, 'AWS::Lambda::EventInvokeConfig').map(({ logicalId, properties }) => {
      const destinations = isObject(properties.DestinationConfig)
        ? properties.DestinationConfig
        : {};
      const onFailure = isObject(destinations.OnFailure) ? destinations.OnFailure : {};
      return [
        functionNameOf(textAt(properties.FunctionName, `${logicalId}.FunctionName`)),
        {
          maxRetries: numberAt(properties.MaximumRetryAttempts, logicalId, 2),
          onFailureArn:
            onFailure.Destination === undefined
              ? undefined
              : textAt(onFailure.Destination, `${logicalId}.DestinationConfig`),
        },
      ];
    }),
  );

const plannedFunction = (resource: Resource): PlannedFunction => {
  const { logicalId, properties } = resource;
  const runtime = textAt(properties.Runtime, `${logicalId}.Runtime`);
  if (!runtime.startsWith('nodejs')) {
    throw refuse(`${logicalId}.Runtime`, `only Node.js functions run here, not ${runtime}.`);
  }
  const name = textAt(properties.FunctionName, `${logicalId}.FunctionName`);
  const code = objectAt(properties.Code, `${logicalId}.Code`);
  const logging = isObject(properties.LoggingConfig) ? properties.LoggingConfig : {};
  const deadLetter = isObject(properties.DeadLetterConfig) ? properties.DeadLetterConfig : {};
  const key = textAt(code.S3Key, `${logicalId}.Code.S3Key`);
  return {
    logicalId,
    name,
    ...(properties.Role === undefined
      ? {}
      : { roleArn: textAt(properties.Role, `${logicalId}.Role`) }),
    handler: textAt(properties.Handler, `${logicalId}.Handler`),
    bundle: key.slice(key.lastIndexOf('/') + 1),
    environment: environmentOf(resource),
    memoryMiB: numberAt(properties.MemorySize, `${logicalId}.MemorySize`, 128),
    timeoutMs: numberAt(properties.Timeout, `${logicalId}.Timeout`, 3) * 1000,
    logGroup: textAt(logging.LogGroup ?? `/aws/lambda/${name}`, `${logicalId}.LoggingConfig`),
    reservedConcurrency:
      properties.ReservedConcurrentExecutions === undefined
        ? undefined
        : numberAt(properties.ReservedConcurrentExecutions, logicalId, 1),
    ...(deadLetter.TargetArn === undefined
      ? {}
      : { deadLetterArn: textAt(deadLetter.TargetArn, `${logicalId}.DeadLetterConfig`) }),
  };
};

const environmentOf = (resource: Resource): Readonly<Record<string, string>> => {
  const environment = resource.properties.Environment;
  if (environment === undefined) return {};
  const where = `${resource.logicalId}.Environment`;
  const variables = objectAt(objectAt(environment, where).Variables ?? {}, where);
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, textAt(value, `${where}.${name}`)]),
  );
};
