import type { JsonObject } from '../endpoint/input.ts';
import { refuse } from './types.ts';

/** What the plan reads of each type, and behind it what it may leave out: what that promises nobody can miss on one machine. */
const properties: Readonly<Record<string, readonly string[]>> = {
  // local/template/plan-stores.ts looks at each.
  'AWS::DynamoDB::Table': [],
  'AWS::Events::EventBus': ['Name', 'Description', 'KmsKeyIdentifier', 'Tags'],
  'AWS::Events::Rule': [
    'Name',
    'EventBusName',
    'EventPattern',
    'ScheduleExpression',
    'State',
    'Targets',
    'Description',
    'RoleArn',
    'Tags',
  ],
  // local/iam/policies.ts; what only a real account has (boundaries, users, groups, paths) is refused.
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'PolicyDocument', 'Roles', 'Description'],
  'AWS::IAM::Policy': ['PolicyDocument', 'Roles', 'PolicyName'],
  'AWS::IAM::Role': [
    'ManagedPolicyArns',
    'Policies',
    'RoleName',
    'AssumeRolePolicyDocument',
    'Description',
    'MaxSessionDuration',
    'Tags',
  ],
  'AWS::Lambda::EventInvokeConfig': [
    'FunctionName',
    'DestinationConfig',
    'MaximumRetryAttempts',
    // Three tries take three minutes, and nothing is throttled for hours here.
    'MaximumEventAgeInSeconds',
    'Qualifier',
  ],
  'AWS::Lambda::EventSourceMapping': [
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
  'AWS::Lambda::Function': [
    'Code',
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
  'AWS::SQS::Queue': [
    'FifoQueue',
    'QueueName',
    'RedrivePolicy',
    'VisibilityTimeout',
    'KmsMasterKeyId',
    // Days: longer than anybody leaves a local stack alone.
    'MessageRetentionPeriod',
    'ReceiveMessageWaitTimeSeconds',
    'SqsManagedSseEnabled',
    'Tags',
  ],
  'AWS::SSM::Parameter': ['Name', 'Type', 'Value', 'DataType', 'Description', 'Tags', 'Tier'],
};

/** Whether the plan is read from resources of a type. */
export const isDriven = (type: string): boolean => Object.hasOwn(properties, type);

/** Refuses what would be ignored in silence. */
export const refuseOthers = (given: JsonObject, where: string, known: readonly string[]): void => {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw refuse(where, `the local AWS does nothing with ${name}; teach it in local/template.`);
  }
};

/** Refuses a property of a resource that would be ignored in silence. */
export const refuseUnknown = (type: string, given: JsonObject, where: string): void => {
  const known = properties[type] ?? [];
  if (known.length > 0) refuseOthers(given, where, known);
};
