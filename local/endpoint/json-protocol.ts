import { randomUUID } from 'node:crypto';
import { ownOf } from '../../models/own.ts';
import { isObject } from '../../shared/core/object.ts';
import type { Caller, JsonActions, WireAnswer, WireRequest } from './call.ts';
import { AwsError, internalError, unknownOperation } from './errors.ts';
import type { Gate } from './gate.ts';
import type { JsonObject } from './input.ts';
import { targets } from './route.ts';

/** Parses a body that must be a JSON object. */
export const objectOf = (body: Buffer): JsonObject => {
  if (body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (isObject(parsed)) return parsed;
  } catch {
    // A body that is not JSON gets the same answer as JSON that is not an object.
  }
  throw new AwsError('SerializationException', 'The body must be a JSON object.');
};

/** An error as the JSON protocols and REST carry it: type in the body and in a header. */
export const errorAnswer = (
  cause: unknown,
  contentType = 'application/x-amz-json-1.1',
): WireAnswer => {
  const error = cause instanceof AwsError ? cause : internalError(cause);
  return {
    status: error.status,
    headers: {
      'content-type': contentType,
      'x-amzn-errortype': error.code,
      'x-amzn-requestid': randomUUID(),
    },
    body: JSON.stringify({
      __type: error.code,
      message: error.message,
      Message: error.message,
      ...error.extra,
    }),
  };
};

/** Answers a call of one of the JSON services; `actions` are by service name. */
export const jsonProtocol =
  (actions: Readonly<Record<string, JsonActions>>, gate: Gate) =>
  async (request: WireRequest, caller: Caller): Promise<WireAnswer> => {
    const { service, action } = targetOf(request.headers['x-amz-target'] ?? '');
    const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
    const has = actions[service] ?? {};
    const known = ownOf(has, action);
    if (known === undefined) throw unknownOperation(service, action, Object.keys(has));
    const input = objectOf(request.body);
    const output = await gate({ caller, service, action, input }, () => known(input));
    return {
      status: 200,
      headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
      body: JSON.stringify(output),
    };
  };

/** `AmazonSSM.GetParameter` → its service and action. An unknown target is refused as AWS does. */
const targetOf = (target: string): { service: string; action: string } => {
  const dot = target.lastIndexOf('.');
  const service = ownOf(targets, target.slice(0, dot));
  const action = target.slice(dot + 1);
  if (service === undefined) {
    throw unknownOperation(target.slice(0, dot), action, [
      ...Object.values(targets),
      'lambda',
      'sts',
    ]);
  }
  return { service, action };
};
