import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SeenCall, SeenInvocation } from '../../local/endpoint/watch.ts';
import { processIdentityOf } from '../../local/setup/process-identity.mjs';
import { signed } from '../kit/signed.ts';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';
import { until } from '../kit/until.ts';

let small: SmallCloud;
const calls: SeenCall[] = [];
const invocations: SeenInvocation[] = [];
const faults: { kill: boolean } = { kill: false };

beforeAll(async () => {
  small = await openSmallCloud({
    faults: {
      onInvocation: (invocation) => invocations.push(invocation),
      onCall: (call) => {
        calls.push(call);
        return faults.kill && call.action === 'ListTasks' && call.phase === 'after'
          ? 'killCaller'
          : undefined;
      },
    },
  });
});

afterAll(() => small.stop());

const invoke = async (payload: object, more: { InvocationType?: 'Event' } = {}) => {
  const lambda = new LambdaClient({ ...small.client, maxAttempts: 1 });
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: 'davit-local-mirror',
      Payload: JSON.stringify(payload),
      ...more,
    }),
  );
  const text = answer.Payload?.transformToString();
  return { ...answer, result: text ? JSON.parse(text) : undefined };
};

it('gives a function its event and its environment, and from our environment only PATH', async () => {
  const { result, StatusCode, FunctionError } = await invoke({ a: [1] });
  expect(StatusCode).toBe(200);
  expect(FunctionError).toBeUndefined();
  expect(result.event).toEqual({ a: [1] });
  expect(result.env).toMatchObject({
    DAVIT_TABLE: 'davit-local-tasks',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: small.url,
    AWS_LAMBDA_FUNCTION_NAME: 'davit-local-mirror',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/davit-local-mirror',
    PATH: process.env.PATH,
  });
  const own = /^(AWS_|DAVIT_|NODE_CHANNEL_|LAMBDA_TASK_ROOT$|_HANDLER$|PATH$|TZ$|LANG$)/;
  expect(Object.keys(result.env).filter((name) => !own.test(name))).toEqual([]);
  expect(result.left).toBeGreaterThan(1000);
});

it('uses a warm process again, and another one for an invocation at the same time', async () => {
  const first = await invoke({});
  const second = await invoke({});
  expect(second.result.pid).toBe(first.result.pid);
  const both = await Promise.all([invoke({ waitMs: 300 }), invoke({ waitMs: 300 })]);
  expect(new Set(both.map((one) => one.result.pid)).size).toBe(2);
});

it('answers a thrown error as a function error with its type', async () => {
  const { FunctionError, result } = await invoke({ throw: 'no such luck' });
  expect(FunctionError).toBe('Unhandled');
  expect(result).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such luck' });
});

it('ends a function at its timeout, with its process', async () => {
  const { FunctionError, result } = await invoke({ waitMs: 60_000 });
  expect(FunctionError).toBe('Unhandled');
  expect(result.errorMessage).toMatch(/Task timed out after 2\.00 seconds/);
});

it('answers a process that exits as a function error, and goes on with a new one', async () => {
  const { result } = await invoke({ exit: 3 });
  expect(result).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(result.errorMessage).toContain('exit status 3');
  expect((await invoke({})).FunctionError).toBeUndefined();
});

it('accepts an event without waiting for the function', async () => {
  const { StatusCode } = await invoke({ say: 'hello' }, { InvocationType: 'Event' });
  expect(StatusCode).toBe(202);
  const group = '/aws/lambda/davit-local-mirror';
  await until('the line in the log', () =>
    small.cloud.logs
      .streams(group)
      ?.flatMap((stream) => small.cloud.logs.forward(group, stream.name, 0)?.events ?? [])
      .find((event) => event.message === 'hello'),
  );
});

it('says that a function does not exist, and refuses a payload that is not JSON', async () => {
  const lambda = new LambdaClient(small.client);
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(
    lambda.send(new InvokeCommand({ FunctionName: 'davit-local-mirror', Payload: '{' })),
  ).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
});

it('lets a test see which function made a call, and kill it after the call was carried out', async () => {
  const pid = (await invoke({})).result.pid;
  const { env } = (await invoke({})).result;
  const key = {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  };
  const { headers } = await signed(key, {
    url: `${small.url}/`,
    service: 'ecs',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListTasks',
    },
    body: '{}',
  });
  faults.kill = true;
  const { result } = await invoke({ fetch: headers });
  faults.kill = false;
  expect(result.errorMessage).toContain('signal: killed');
  const seen = calls.filter((call) => call.action === 'ListTasks');
  const call = {
    functionName: 'davit-local-mirror',
    pid,
    service: 'ecs',
    action: 'ListTasks',
    input: {},
  };
  expect(seen).toEqual([
    { ...call, phase: 'before', n: 1 },
    { ...call, phase: 'after', n: 1 },
  ]);
  await until('the end of the process', () => processIdentityOf(pid) === undefined || undefined);
});

it('lets a test see the start and the end of each invocation, with its event and its process', async () => {
  invocations.length = 0;
  const { pid } = (await invoke({ a: 1 })).result;
  const seen = { functionName: 'davit-local-mirror', pid, payload: '{"a":1}' };
  expect(invocations).toEqual([
    { ...seen, phase: 'start' },
    { ...seen, phase: 'end' },
  ]);
});
