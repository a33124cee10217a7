import { AwsError } from '../endpoint/errors.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { FunctionSpec } from './invoke.ts';
import type { Functions } from './pool.ts';

/** ListFunctions gives 50 a page, however many are asked for (Lambda API reference). */
const paging: Paging = {
  size: 'MaxItems',
  token: 'Marker',
  usual: 50,
  most: 10_000,
  badToken: 'InvalidParameterValueException',
};

const configurationOf = (spec: FunctionSpec): object => ({
  FunctionName: spec.name,
  FunctionArn: spec.arn,
  Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
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

const path = /^\/2015-03-31\/functions(?:\/([^/?]*)(\/configuration)?)?(?:\?(.*))?$/;

/** Lambda's reads by REST, by the path of a GET: ListFunctions, GetFunction, GetFunctionConfiguration; undefined for any other. */
export const describedAt = (requestPath: string, functions: Functions): object | undefined => {
  const found = path.exec(requestPath);
  if (!found) return undefined;
  const [, encoded, configuration, query] = found;
  if (!encoded) return listed(functions, new URLSearchParams(query));
  const name = decodeURIComponent(encoded);
  const spec = functions.find(name);
  if (spec === undefined) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, {
      status: 404,
      extra: { Type: 'User' },
    });
  }
  return configuration ? configurationOf(spec) : { Configuration: configurationOf(spec), Tags: {} };
};

const listed = (functions: Functions, query: URLSearchParams): object => {
  const size = query.get('MaxItems');
  const token = query.get('Marker');
  const input = {
    ...(size === null ? {} : { MaxItems: Math.min(Number(size), paging.usual) }),
    ...(token === null ? {} : { Marker: token }),
  };
  const { items, next } = pageOf(functions.list(), ({ name }) => name, { input, paging });
  return {
    Functions: items.map(configurationOf),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
};
