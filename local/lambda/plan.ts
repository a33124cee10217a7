import type { ServicePlan } from '../service.ts';
import { arn, named, unnamed } from '../template/identity.ts';
import {
  type AsyncPlan,
  asyncPlanOf,
  functionsOf,
  type PlannedFunction,
} from './plan-functions.ts';
import { queueMappingsOf, type TriggerPlan, triggersOf } from './plan-mappings.ts';
import type { QueueMapping } from './queue-mapping.ts';

/** The functions of the template and what invokes them. */
export interface LambdaPlan {
  readonly functions: readonly PlannedFunction[];
  /** The settings of asynchronous invocations by the name of the function. */
  readonly async: ReadonlyMap<string, AsyncPlan>;
  readonly queueMappings: readonly QueueMapping[];
  readonly triggers: readonly TriggerPlan[];
}

/** What Lambda takes from the template. */
export const lambdaPlan: ServicePlan<LambdaPlan> = {
  types: {
    'AWS::Lambda::EventInvokeConfig': {
      identify: unnamed,
      properties: [
        'FunctionName',
        'DestinationConfig',
        'MaximumRetryAttempts',
        // Three tries take three minutes, and nothing is throttled for hours here.
        'MaximumEventAgeInSeconds',
        'Qualifier',
      ],
    },
    'AWS::Lambda::EventSourceMapping': {
      identify: unnamed,
      properties: [
        'BatchSize',
        'Enabled',
        'EventSourceArn',
        'FunctionName',
        'FunctionResponseTypes',
        'MaximumBatchingWindowInSeconds',
        'Queues',
        'ScalingConfig',
        'SourceAccessConfigurations',
        'Tags',
      ],
    },
    'AWS::Lambda::Function': {
      identify: named('FunctionName', (name, awsAccount) =>
        arn('lambda', awsAccount, `function:${name}`),
      ),
      properties: [
        'Code',
        'DeadLetterConfig',
        'Environment',
        'FunctionName',
        'Handler',
        'LoggingConfig',
        'MemorySize',
        'ReservedConcurrentExecutions',
        'Runtime',
        'Timeout',
        'Architectures',
        'CodeSigningConfigArn',
        'Description',
        'KmsKeyArn',
        'PackageType',
        'Role',
        'RuntimeManagementConfig',
        'Tags',
        'TracingConfig',
        'VpcConfig',
      ],
    },
    // Policies of resources are not evaluated here.
    'AWS::Lambda::Permission': { identify: unnamed },
    'AWS::Lambda::Version': { identify: unnamed },
  },
  read: (template) => ({
    functions: functionsOf(template),
    async: asyncPlanOf(template),
    queueMappings: queueMappingsOf(template),
    triggers: triggersOf(template),
  }),
};
