import type { ServiceError } from './clients.ts';
import type { AwsName } from './happening.ts';

/** What services answer when there are too many calls, each in its own way (aws-facts.md). */
export const throttles: Readonly<Record<AwsName, readonly [ServiceError, ...ServiceError[]]>> = {
  dynamodb: [
    {
      code: 'ThrottlingException',
      message: 'Throughput exceeds the current capacity of your table or index.',
    },
    {
      code: 'ProvisionedThroughputExceededException',
      message: 'The level of configured provisioned throughput for the table was exceeded.',
    },
    {
      code: 'RequestLimitExceeded',
      message: 'Throughput exceeds the current throughput limit for your account.',
    },
  ],
  ecs: [
    { code: 'ThrottlingException', message: 'Rate exceeded' },
    { code: 'ClientException', message: 'Rate exceeded' },
    { code: 'InvalidParameterException', message: 'Rate exceeded' },
  ],
  ssm: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
  logs: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
  ecr: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
  eventBridge: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
};

/** The error of a call to which the caller has no right. */
export const denial: ServiceError = {
  code: 'AccessDeniedException',
  message:
    'User is not authorized to perform this action because no identity-based policy allows it',
};

/** What services answer when a server fails. */
export const serverErrors: Readonly<Record<AwsName, ServiceError>> = {
  dynamodb: { code: 'InternalServerError', message: 'Internal server error', status: 500 },
  ecs: {
    code: 'ServerException',
    message: 'Service Unavailable. Please try again later.',
    status: 500,
  },
  ssm: {
    code: 'InternalServerError',
    message: 'An error occurred on the server side.',
    status: 500,
  },
  logs: {
    code: 'ServiceUnavailableException',
    message: 'The service cannot complete the request.',
    status: 500,
  },
  ecr: {
    code: 'ServerException',
    message: 'These errors are usually caused by a server-side issue.',
    status: 500,
  },
  eventBridge: {
    code: 'InternalException',
    message: 'This exception occurs due to unexpected causes.',
    status: 500,
  },
};
