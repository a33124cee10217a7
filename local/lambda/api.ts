import { randomUUID } from 'node:crypto';
import { errorMessage } from '../../shared/core/error-message.ts';
import type { Caller, WireAnswer, WireRequest } from '../endpoint/call.ts';
import { AwsError, unknownOperation } from '../endpoint/errors.ts';
import type { Gate } from '../endpoint/gate.ts';
import type { OwnApi } from '../service.ts';
import type { AsyncInvocations } from './async.ts';
import { decoded, describedAt, readAt } from './describe.ts';
import type { FunctionSpec } from './invoke.ts';
import type { Functions } from './pool.ts';

const lambdaActions: readonly string[] = [
  'GetFunction',
  'GetFunctionConfiguration',
  'Invoke',
  'ListFunctions',
];

const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations(\?.*)?$/;

/** Lambda takes 6 MB at once and 1 MB for an event (Lambda quotas). */
const maxBytes = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 };

/** The calls of Lambda, by REST: those that describe functions, and Invoke, which answers at once for the invocation type Event. */
export const lambdaApi = (functions: Functions, events: AsyncInvocations): OwnApi => {
  const called = (name: string): FunctionSpec => {
    const spec = functions.find(name);
    if (spec !== undefined) return spec;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, {
      status: 404,
      extra: { Type: 'User' },
    });
  };

  const described = (
    { path: at }: WireRequest,
    caller: Caller,
    gate: Gate,
  ): Promise<WireAnswer> => {
    const read = readAt(at);
    if (read === undefined) throw unknownOperation('lambda', `GET ${at}`, lambdaActions);
    return gate({ caller, service: 'lambda', ...read }, () =>
      answer(200, JSON.stringify(describedAt(read, functions))),
    );
  };

  const invoke = async (spec: FunctionSpec, request: WireRequest): Promise<WireAnswer> => {
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'DryRun') return answer(204, '');
    if (type === 'Event') {
      events.invoke(spec.name, payloadOf(request, maxBytes.Event));
      return answer(202, '');
    }
    const result = await functions.invoke(spec.name, payloadOf(request, maxBytes.RequestResponse));
    return answer(200, result.payload, result.ok ? {} : { 'x-amz-function-error': 'Unhandled' });
  };

  return {
    kind: 'own',
    protocol: (gate) => ({
      style: 'rest',
      speaks: (request) =>
        request.method === 'GET'
          ? request.path.startsWith('/2015-03-31/functions')
          : request.method === 'POST' && path.test(request.path),
      answer: async (request, caller) => {
        if (request.method === 'GET') return described(request, caller, gate);
        const FunctionName = calledAt(request.path);
        const input = { FunctionName, InvocationType: request.headers['x-amz-invocation-type'] };
        return gate({ caller, service: 'lambda', action: 'Invoke', input }, () =>
          invoke(called(FunctionName), request),
        );
      },
    }),
  };
};

const answer = (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): WireAnswer => ({
  status,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    'x-amz-executed-version': '$LATEST',
    ...headers,
  },
  body,
});

const payloadOf = (request: WireRequest, limit: number): string => {
  if (request.body.length > limit) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      { status: 413 },
    );
  }
  const payload = request.body.length === 0 ? '{}' : request.body.toString('utf8');
  try {
    JSON.parse(payload);
  } catch (cause) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${errorMessage(cause)}`,
    );
  }
  return payload;
};

const calledAt = (requestPath: string): string => decoded(path.exec(requestPath)?.[1] ?? '');
