import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../shared/core/refusal.ts';

const short = (error: { readonly code?: string; readonly message: string }): string => {
  const meaning = refusalOf(error);
  return meaning.kind === 'doubt' ? 'doubt' : meaning.cause;
};

// What RunTask throws, with AWS's words (RunTask API reference).
const thrown: readonly (readonly [code: string, message: string, means: string])[] = [
  ['ServerException', 'These errors are usually caused by a server issue.', 'doubt'],
  ['ThrottlingException', 'Rate exceeded', 'doubt'],
  ['ThrottlingException', 'Rate exceeded for cluster resource modify', 'doubt'],
  [
    'InvalidParameterException',
    'Error retrieving security group information for [sg-0a1b]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)',
    'doubt',
  ],
  ['ServiceUnavailableException', 'Service is unavailable', 'doubt'],
  ['TimeoutError', 'socket hang up', 'doubt'],
  ['AbortError', 'Request aborted', 'doubt'],
  ['ConflictException', 'The clientToken was used with other parameters', 'doubt'],
  ['SomethingNewException', 'No one has seen this', 'doubt'],
  [
    'ClientException',
    'Capacity is unavailable: the limit of tasks in the PROVISIONING state has been reached',
    'capacity',
  ],
  [
    'InvalidParameterException',
    "You've reached the limit on the number of vCPUs you can run concurrently",
    'capacity',
  ],
  ['AccessDeniedException', 'User is not authorized to perform: ecs:RunTask', 'deployment'],
  ['ClusterNotFoundException', 'Cluster not found.', 'deployment'],
  ['BlockedException', 'Your AWS account was blocked.', 'deployment'],
  [
    'InvalidParameterException',
    'The specified capacity provider FARGATE_SPOT was not found.',
    'deployment',
  ],
  [
    'InvalidParameterException',
    'The specified capacity provider FARGATE_SPOT is not associated with the cluster.',
    'deployment',
  ],
  ['InvalidParameterException', "The subnet ID 'subnet-0a1b2c3d' does not exist", 'deployment'],
  [
    'PlatformTaskDefinitionIncompatibilityException',
    'The platform version does not satisfy the task definition',
    'release',
  ],
  ['PlatformUnknownException', 'The specified platform version does not exist.', 'release'],
  ['UnsupportedFeatureException', 'The task is not supported in this Region.', 'release'],
  ['InvalidParameterException', 'Override for container named toool is not a container', 'release'],
  ['ClientException', 'TaskDefinition is inactive', 'release'],
];

// What comes with HTTP 200 in `failures` (ECS guide, api_failures_messages).
const failures: readonly (readonly [reason: string, means: string])[] = [
  ['RESOURCE:CPU', 'capacity'],
  ['RESOURCE:MEMORY', 'capacity'],
  ['RESOURCE:PORTS', 'capacity'],
  ['RESOURCE:ENI', 'capacity'],
  ['RESOURCE:GPU', 'capacity'],
  ['RESOURCE:FARGATE', 'capacity'],
  ['AGENT', 'capacity'],
  [
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    'capacity',
  ],
  ["You've reached the limit on the number of vCPUs you can run concurrently", 'capacity'],
  ['EMPTY CAPACITY PROVIDER', 'capacity'],
  ['NO ACTIVE INSTANCES', 'capacity'],
  ['MemberOf placement constraint unsatisfied', 'capacity'],
  ['LOCATION', 'deployment'],
  ['ATTRIBUTE', 'release'],
  ['something that no one has seen', 'doubt'],
  ['', 'doubt'],
];

describe('refusalOf', () => {
  it.each(thrown)('reads %s: %s', (code, message, means) => {
    expect(short({ code, message })).toBe(means);
  });

  it.each(failures)('reads the failure "%s"', (message, means) => {
    expect(short({ message })).toBe(means);
  });
});
