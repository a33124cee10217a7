import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processIdentityOf } from '../../local/setup/process-identity.mjs';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';
import { until } from '../kit/until.ts';

const cluster = 'davit-local';

let small: SmallCloud;
let ecs: ECSClient;

beforeAll(async () => {
  small = await openSmallCloud();
  ecs = new ECSClient(small.client);
});

afterAll(() => small.stop());

/** Registers a version of a tool whose container is this Node.js program. */
const register = async (tag: string, program: string): Promise<string> => {
  small.putImage('tool', tag, [process.execPath, '-e', program]);
  return define(tag);
};

const define = async (tag: string, more: object = {}): Promise<string> => {
  const answer = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: `davit_local_tool_${tag}`,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      containerDefinitions: [
        {
          name: 'tool',
          image: `${small.registry}/tool:${tag}`,
          essential: true,
          stopTimeout: 2,
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/davit/local/tools',
              'awslogs-region': 'eu-central-1',
              'awslogs-stream-prefix': 'tool',
            },
          },
          ...more,
        },
      ],
    }),
  );
  return answer.taskDefinition?.taskDefinitionArn ?? '';
};

const run = async (
  taskDefinition: string,
  environment: Record<string, string> = {},
  startedBy = 'test/1',
) => {
  const answer = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition,
      startedBy,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-00000000000000001'] },
      },
      overrides: {
        containerOverrides: [
          {
            name: 'tool',
            environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          },
        ],
      },
    }),
  );
  return answer.tasks?.[0]?.taskArn ?? '';
};

/** The variables that every container gets from ECS, and here also the address of the local AWS. Keys only come with a task role. */
const ofEcs = () => ({
  // The descendants of the run are found by this variable at its end.
  DAVIT_LOCAL_RUN: expect.any(String),
  AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL: small.url,
});

const describeTask = async (arn: string) =>
  (await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).tasks?.[0];

const reach = (arn: string, status: string) =>
  until(`${arn} is ${status}`, async () => {
    const task = await describeTask(arn);
    return task?.lastStatus === status ? task : undefined;
  });

const logOf = async (arn: string): Promise<readonly (string | undefined)[]> => {
  const logs = new CloudWatchLogsClient(small.client);
  const page = await logs.send(
    new GetLogEventsCommand({
      logGroupName: '/davit/local/tools',
      logStreamName: `tool/tool/${arn.split('/').at(-1)}`,
      startFromHead: true,
    }),
  );
  return page.events?.map((event) => event.message) ?? [];
};

it('runs the command of the image with only the environment of the order and of ECS, and reports how it ended', async () => {
  const definition = await register(
    '1.0.0'.replaceAll('.', '-'),
    'console.log(JSON.stringify(process.env)); console.error("to stderr"); process.exit(7)',
  );
  const arn = await run(definition, { DAVIT_TASK_ID: 't-1', UNICODE: 'ü€' });
  const task = await reach(arn, 'STOPPED');
  expect(task).toMatchObject({ stopCode: 'EssentialContainerExited' });
  expect(task.containers?.[0]).toMatchObject({ name: 'tool', exitCode: 7 });
  const [first = '{}', second] = [...(await logOf(arn))].sort((a, b) =>
    (a ?? '') < (b ?? '') ? 1 : -1,
  );
  expect(JSON.parse(first)).toEqual({
    DAVIT_TASK_ID: 't-1',
    UNICODE: 'ü€',
    PATH: process.env.PATH,
    ...ofEcs(),
  });
  expect(second).toBe('to stderr');
  const statuses = await until('the event of the end', () => {
    const events = small
      .events()
      .filter((one) => JSON.stringify(one).includes(arn))
      .map((one) => JSON.stringify(one).match(/"lastStatus":"(\w+)","launch|STOPPED/)?.[0]);
    return events.length >= 3 ? events : undefined;
  });
  expect(statuses.length).toBeGreaterThanOrEqual(3);
});

const toldEnvironment = `console.log(JSON.stringify({ ...process.env, PATH: undefined }))`;
const account = 'eu-central-1:123456789012';
const keyArn = `arn:aws:ssm:${account}:parameter/film/key`;
const loginArn = `arn:aws:secretsmanager:${account}:secret:broker-AbCdEf`;

it('gives a container its own variables and its secrets, and puts no secret into events', async () => {
  const ssm = new SSMClient(small.client);
  const key = { Name: '/film/key', Value: 'k3y-of-the-film', Type: 'SecureString' } as const;
  await ssm.send(new PutParameterCommand(key));
  small.putImage('tool', 'secrets', [process.execPath, '-e', toldEnvironment]);
  const definition = await define('secrets', {
    environment: [{ name: 'LANG', value: 'C' }],
    secrets: [
      { name: 'KEY', valueFrom: keyArn },
      { name: 'LOGIN', valueFrom: loginArn },
      { name: 'USER_NAME', valueFrom: `${loginArn}:username::` },
    ],
  });
  const arn = await run(definition, { DAVIT_TASK_ID: 't-1' });
  const task = await reach(arn, 'STOPPED');
  expect(JSON.parse((await logOf(arn))[0] ?? '')).toEqual({
    DAVIT_TASK_ID: 't-1',
    LANG: 'C',
    KEY: key.Value,
    LOGIN: '{"username":"u","password":"p"}',
    USER_NAME: 'u',
    ...ofEcs(),
  });
  expect(JSON.stringify([task, small.events()])).not.toContain(key.Value);
  expect(readFileSync(join(small.dir, 'ecs.jsonl'), 'utf8')).not.toContain(key.Value);
});

it.each([
  [
    'parameter',
    `arn:aws:ssm:${account}:parameter/no/such`,
    'from ssm: .*invalid parameters: /no/such',
  ],
  [
    'secret',
    `arn:aws:secretsmanager:${account}:secret:none-AbCdEf`,
    "ResourceNotFoundException: Secrets Manager can't find",
  ],
  ['key of a secret', `${loginArn}:host::`, 'did not contain json key host'],
  ['version of a secret', `${loginArn}::AWSPREVIOUS:`, 'ResourceNotFoundException'],
])(
  'does not start a container whose %s does not exist, and gives the error text of AWS',
  async (_what, valueFrom, words) => {
    small.putImage('tool', 'no-secret', [process.execPath, '-e', toldEnvironment]);
    const definition = await define('no-secret', { secrets: [{ name: 'KEY', valueFrom }] });
    const task = await reach(await run(definition), 'STOPPED');
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.stoppedReason).toMatch(
      new RegExp(
        `^ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: .*${words}`,
      ),
    );
    expect(task.containers?.[0]?.exitCode).toBeUndefined();
  },
);

it('ends a task whose image is missing without an exit code, with the reason that AWS gives', async () => {
  const arn = await run(await define('none'));
  const task = await reach(arn, 'STOPPED');
  expect(task.stopCode).toBe('TaskFailedToStart');
  expect(JSON.stringify(task)).toContain('CannotPullContainerError');
  expect(task.containers?.[0]?.exitCode).toBeUndefined();
});

it('ends a task whose program is missing with the reason that AWS gives', async () => {
  small.putImage('tool', 'no-program', ['/nowhere/program']);
  const task = await reach(await run(await define('no-program')), 'STOPPED');
  expect(JSON.stringify(task)).toContain('CannotStartContainerError');
});

it('stops the container and all its processes, by SIGTERM and then by SIGKILL', async () => {
  const definition = await register(
    'deaf',
    `process.on('SIGTERM', () => console.log('deaf'));
     const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
     console.log('child ' + child.pid);
     setInterval(() => {}, 1000);`,
  );
  const arn = await run(definition);
  await reach(arn, 'RUNNING');
  const line = await until('the line with the child', async () =>
    (await logOf(arn).catch(() => [])).find((one) => one?.startsWith('child ')),
  );
  await ecs.send(new StopTaskCommand({ cluster, task: arn, reason: 'enough' }));
  const task = await reach(arn, 'STOPPED');
  expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
  expect(task.containers?.[0]?.exitCode).toBe(137);
  expect(await logOf(arn)).toContain('deaf');
  expect(processIdentityOf(Number(line.slice('child '.length)))).toBeUndefined();
});

it('ends the processes that the tool left running together with its container, and does not wait for their output', async () => {
  const definition = await register(
    'parent',
    `const child = require('node:child_process').spawn('sleep', ['300'], { stdio: 'inherit' });
     console.log(child.pid);
     process.exit(0);`,
  );
  const arn = await run(definition);
  const task = await reach(arn, 'STOPPED');
  expect(task.containers?.[0]?.exitCode).toBe(0);
  expect(processIdentityOf(Number((await logOf(arn))[0]))).toBeUndefined();
});

it('keeps the beginning and the end of an output that is too long', async () => {
  const definition = await register(
    'chatty',
    `const line = 'x'.repeat(9999) + '\\n';
     console.log('begin');
     const write = (n) => { while (n-- > 0) if (!process.stdout.write(line)) return process.stdout.once('drain', () => write(n)); console.log('end'); };
     write(3000);`,
  );
  const arn = await run(definition);
  await reach(arn, 'STOPPED');
  const lines = await logOf(arn);
  expect(lines[0]).toBe('begin');
  const logs = new CloudWatchLogsClient(small.client);
  const tail = await logs.send(
    new GetLogEventsCommand({
      logGroupName: '/davit/local/tools',
      logStreamName: `tool/tool/${arn.split('/').at(-1)}`,
      limit: 200,
    }),
  );
  const messages = tail.events?.map((event) => event.message) ?? [];
  expect(messages.at(-1)).toBe('end');
  expect(messages.some((one) => one?.includes('bytes of output are left out here'))).toBe(true);
});

it('lists running tasks by startedBy', async () => {
  const definition = await register('listed', 'setInterval(() => {}, 1000)');
  const listed = async (startedBy: string) =>
    (await ecs.send(new ListTasksCommand({ cluster, startedBy }))).taskArns;
  const arns = await Promise.all(['one/1', 'two/1'].map((by) => run(definition, {}, by)));
  for (const arn of arns) await reach(arn, 'RUNNING');
  expect(await listed('one/1')).toEqual([arns[0]]);
  expect(await listed('two/1')).toEqual([arns[1]]);
  expect(await listed('unknown/1')).toEqual([]);
  for (const arn of arns) await ecs.send(new StopTaskCommand({ cluster, task: arn }));
  for (const arn of arns) await reach(arn, 'STOPPED');
  // ListTasks lags as much as DescribeTasks, and lists the tasks that should run.
  await until('an empty list', async () => (await listed('one/1'))?.length === 0 || undefined);
});

it('reports the containers of an agent that died as lost, ends them, and goes on', async () => {
  const definition = await register(
    'orphan',
    'console.log(process.ppid + " " + process.pid); setInterval(() => {}, 1000)',
  );
  const arn = await run(definition);
  await reach(arn, 'RUNNING');
  const line = await until('its pids', async () => (await logOf(arn).catch(() => []))[0]);
  const [agent, container] = line.split(' ').map(Number);
  process.kill(agent ?? 0, 'SIGKILL');
  const task = await reach(arn, 'STOPPED');
  expect(task.containers?.[0]?.exitCode).toBeUndefined();
  await until('its end', () => processIdentityOf(container ?? 0) === undefined || undefined);
  const quick = await register('quick', '');
  const ends = await Promise.all([1, 2, 3, 4].map(async () => reach(await run(quick), 'STOPPED')));
  expect(ends.map((one) => one.containers?.[0]?.exitCode)).toEqual([0, 0, 0, 0]);
});

it('reports tasks that ran when the stack was ended as lost with their host, and keeps definitions', async () => {
  const definition = await register(
    'long',
    'setInterval(() => {}, 1000); console.log(process.pid)',
  );
  const arn = await run(definition);
  await reach(arn, 'RUNNING');
  const pid = await until('its pid', async () => (await logOf(arn).catch(() => []))[0]);
  await small.stop('keep');
  expect(processIdentityOf(Number(pid))).toBeUndefined();
  small = await openSmallCloud({ dir: small.dir });
  ecs = new ECSClient(small.client);
  const task = await reach(arn, 'STOPPED');
  expect(task.containers?.[0]?.exitCode).toBeUndefined();
  expect(JSON.stringify(task)).toMatch(/Host/);
  expect(await run(definition)).toContain('task/davit-local/');
});
