import { beforeEach, expect, it } from 'vitest';
import type { RuntimeFactory } from '../../../../local/ecs/runtime/runtime.ts';
import { withTaskRoles } from '../../../../local/ecs/runtime/task-role.ts';
import { openCredentials } from '../../../../local/endpoint/credentials.ts';
import { openTaskKeys, taskKeysPath } from '../../../../local/endpoint/task-keys.ts';
import type { RuntimeOrder, RuntimeReport } from '../../../../models/ecs/runtime.ts';

const keys = openTaskKeys(openCredentials());
const carriedOut: RuntimeOrder[] = [];
let report: (one: RuntimeReport) => void = () => {};

const inner: RuntimeFactory = (send) => {
  report = send;
  return { carryOut: (order) => void carriedOut.push(order), stop: async () => {} };
};

const start = (more: object = {}): RuntimeOrder => ({
  kind: 'start',
  taskArn: 'task/1',
  container: 'tool',
  image: 'tool:1',
  environment: { LANG: 'C' },
  cpu: 256,
  memoryMiB: 512,
  logOptions: {},
  ...more,
});

const environmentOf = (order: RuntimeOrder): Readonly<Record<string, string>> => {
  const roles = { keys, endpointUrl: () => 'http://127.0.0.1:4566', region: 'eu-central-1' };
  withTaskRoles(roles, inner)(() => {}).carryOut(order);
  const given = carriedOut.at(-1);
  return given?.kind === 'start' ? given.environment : {};
};

const statusFor = (authorization: string | undefined) =>
  keys.answer({ method: 'GET', path: taskKeysPath, headers: { authorization } })?.status;

beforeEach(() => {
  carriedOut.splice(0);
});

it('gives a container the variables that ECS sets, and without a role no access to a key', () => {
  expect(environmentOf(start())).toEqual({
    LANG: 'C',
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  });
});

it('keeps the variables of the definition, except those for the key', () => {
  const environment = { AWS_ENDPOINT_URL: 'https://x', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'mine' };
  const given = environmentOf(start({ environment, taskRoleArn: 'arn:aws:iam::1:role/r' }));
  expect(given.AWS_ENDPOINT_URL).toBe('https://x');
  expect(given.AWS_CONTAINER_CREDENTIALS_FULL_URI).toBe('http://127.0.0.1:4566/v2/credentials');
  expect(statusFor(given.AWS_CONTAINER_AUTHORIZATION_TOKEN)).toBe(200);
});

it.each<RuntimeReport>([
  { kind: 'exited', taskArn: 'task/1', exitCode: 0 },
  { kind: 'notStarted', taskArn: 'task/1', reason: 'no image' },
  { kind: 'hostLost', taskArn: 'task/1', reason: 'host' },
])('forgets the key of a run that is reported as $kind', (end) => {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = environmentOf(
    start({ taskRoleArn: 'arn:aws:iam::1:role/r' }),
  );
  report({ kind: 'started', taskArn: 'task/1' });
  expect(statusFor(token)).toBe(200);
  report(end);
  expect(statusFor(token)).toBe(403);
});
