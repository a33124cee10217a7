import { present } from '../../shared/core/present.ts';
import type { FunctionSpec } from './invoke.ts';

/** What a function's process gets beside its own variables. */
export interface Surroundings {
  readonly endpointUrl: string;
  readonly region: string;
  readonly path: string;
  readonly key: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly stream: string;
}

/** The part of a function's description from which its environment is made. */
export type Described = Pick<
  FunctionSpec,
  'name' | 'arn' | 'handler' | 'codeDir' | 'environment' | 'memoryMiB' | 'logGroup'
>;

/** The variables that Lambda gives a function, and the PATH. Nothing else comes from the stack's environment. */
export const functionEnvironment = (
  spec: Described,
  { endpointUrl, region, path, key, stream }: Surroundings,
): Readonly<Record<string, string>> => ({
  ...spec.environment,
  PATH: path,
  TZ: 'UTC',
  LANG: 'en_US.UTF-8',
  _HANDLER: spec.handler,
  LAMBDA_TASK_ROOT: spec.codeDir,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_ACCESS_KEY_ID: key.accessKeyId,
  AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  ...present({ AWS_SESSION_TOKEN: key.sessionToken }),
  AWS_LAMBDA_FUNCTION_NAME: spec.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMiB),
  AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
  AWS_LAMBDA_LOG_STREAM_NAME: stream,
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  DAVIT_LOCAL_FUNCTION_ARN: spec.arn,
});
