import { present } from '../../shared/core/present.ts';
import { AwsError } from '../endpoint/errors.ts';
import type { JsonObject } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { FunctionSpec } from './invoke.ts';
import type { Functions } from './pool.ts';

const path = /^\/2015-03-31\/functions(?:\/([^/?]*)(\/configuration)?)?(?:\?(.*))?$/;

/** A read of Lambda: its action, and its input as in the SDK. */
export interface FunctionRead {
  readonly action: 'ListFunctions' | 'GetFunction' | 'GetFunctionConfiguration';
  readonly input: JsonObject;
}

/** A part of a path as text. One with a wrong encoding stays as it is: no function has such a name. */
export const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** The read that the path of a GET asks for; undefined for any other path. */
export const readAt = (requestPath: string): FunctionRead | undefined => {
  const found = path.exec(requestPath);
  if (!found) return undefined;
  const [, encoded, configuration, query] = found;
  if (!encoded) {
    return { action: 'ListFunctions', input: pageInputOf(new URLSearchParams(query)) };
  }
  const action = configuration ? 'GetFunctionConfiguration' : 'GetFunction';
  return { action, input: { FunctionName: decoded(encoded) } };
};

/** The answer to a read. */
export const describedAt = ({ action, input }: FunctionRead, functions: Functions): object => {
  if (action === 'ListFunctions') return listed(functions, input);
  const name = String(input.FunctionName);
  const spec = functions.find(name);
  if (spec === undefined) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, {
      status: 404,
      extra: { Type: 'User' },
    });
  }
  const configuration = configurationOf(spec);
  return action === 'GetFunction' ? { Configuration: configuration, Tags: {} } : configuration;
};

/** A page of ListFunctions has 50 functions, even if the call asks for more (Lambda API reference). */
const paging: Paging = {
  size: 'MaxItems',
  token: 'Marker',
  usual: 50,
  most: 10_000,
  badToken: 'InvalidParameterValueException',
};

const pageInputOf = (query: URLSearchParams): JsonObject => {
  const size = query.get('MaxItems');
  const token = query.get('Marker');
  return present({
    MaxItems: size === null ? undefined : Math.min(Number(size), paging.usual),
    Marker: token ?? undefined,
  });
};

const listed = (functions: Functions, input: JsonObject): object => {
  const { items, next } = pageOf(functions.list(), ({ name }) => name, { input, paging });
  return {
    Functions: items.map(configurationOf),
    ...present({ NextMarker: next }),
  };
};

const configurationOf = (spec: FunctionSpec): object => ({
  FunctionName: spec.name,
  FunctionArn: spec.arn,
  Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
  ...present({ Role: spec.roleArn }),
  Handler: spec.handler,
  MemorySize: spec.memoryMiB,
  Timeout: spec.timeoutMs / 1000,
  PackageType: 'Zip',
  Version: '$LATEST',
  State: 'Active',
  LastUpdateStatus: 'Successful',
  Environment: { Variables: spec.environment },
  LoggingConfig: { LogFormat: 'Text', LogGroup: spec.logGroup },
});
