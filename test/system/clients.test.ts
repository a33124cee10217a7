import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { greeting } from '../../local/addresses.ts';
import { type Foreign, missing } from '../kit/debian.ts';
import { openTestStack, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

// Debian's own paths: another python3 or aws on PATH may be a different program.
const python: Foreign = {
  probe: ['/usr/bin/python3', '-c', 'import pika'],
  debianPackage: 'python3-pika',
};
const awsCli: Foreign = { probe: ['/usr/bin/aws', '--version'], debianPackage: 'awscli' };

const run = promisify(execFile);

let test: TestStack;

/** Skips a test, with the reason, when a program is missing and cannot be installed. */
const needs = (context: TestContext, foreign: Foreign): void => {
  const why = missing(foreign);
  if (why !== undefined) context.skip(why);
};

/** The program gets none of the caller's own AWS settings, and asks no server for credentials. */
const awsEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: '/usr/bin:/bin',
  HOME: test.dir,
  AWS_ACCESS_KEY_ID: test.stack.addresses.accessKeyId,
  AWS_SECRET_ACCESS_KEY: test.stack.addresses.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
});

const aws = async (...words: readonly string[]) => {
  const { aws: endpoint, region } = test.stack.addresses;
  const where = ['--endpoint-url', endpoint, '--region', region, '--output', 'json'];
  const { stdout } = await run('/usr/bin/aws', [...where, ...words], { env: awsEnvironment() });
  return stdout === '' ? undefined : JSON.parse(stdout);
};

/** The error text of the program, which must fail. */
const refusalOf = async (...words: readonly string[]): Promise<string> =>
  aws(...words).then(
    () => 'it was not refused',
    (cause: unknown) =>
      cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause),
  );

beforeAll(async () => {
  test = await openTestStack();
  await publish(test.stack.addresses.amqp, [
    echoOf('done', { say: 'hello' }),
    echoOf('running', { sleepMs: 170_000 }),
  ]);
  await test.rows.when('done', ({ phase }) => phase === 'SUCCEEDED');
  await test.rows.when('running', ({ phase }) => phase === 'RUNNING');
});

afterAll(() => test.close());

const pikaProgram = `
import json, pika, sys
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.confirm_delivery()
replies = channel.queue_declare('', exclusive=True).method.queue
properties = pika.BasicProperties(message_id='from-python', reply_to=replies, correlation_id='mine',
                                  delivery_mode=2, content_type='application/json')
body = {'tool': 'echo', 'input': json.loads(sys.argv[2])}
channel.basic_publish('davit', 'davit.tasks', json.dumps(body), properties)
wanted = {'davit.task.running', 'davit.task.succeeded'}
for method, properties, body in channel.consume(replies, auto_ack=True, inactivity_timeout=60):
    if body is None:
        sys.exit('no event within a minute')
    event = json.loads(body)
    print(properties.correlation_id, event['type'], event['subject'], event['specversion'], flush=True)
    wanted.discard(event['type'])
    if not wanted:
        break
connection.close()
`;

it('turns a message of a Python program into a SUCCEEDED row, and sends the event to it', async (context) => {
  needs(context, python);
  const url = test.stack.addresses.amqp;
  // It sleeps until this test has seen it running.
  const input = { appendTo: test.tallyFile, sleepMs: 170_000, sigtermExitCode: 0 };
  const program = run('/usr/bin/python3', ['-c', pikaProgram, url, JSON.stringify(input)]);
  await test.rows.when('from-python', ({ phase }) => phase === 'RUNNING');
  // ECS says RUNNING as soon as the process is there, which may be before the tool's first line.
  const { pid } = await until('the start of the tool', () =>
    tallyOf(test.tallyFile).find(({ taskId }) => taskId === 'from-python'),
  );
  process.kill(pid, 'SIGTERM');
  const { stdout } = await program;
  expect(stdout.trim().split('\n').toSorted()).toEqual([
    'mine davit.task.running from-python 1.0',
    'mine davit.task.succeeded from-python 1.0',
  ]);
  const row = await test.rows.row('from-python');
  expect(row).toMatchObject({ phase: 'SUCCEEDED', run: 1, attempts: 1, exitCode: 0 });
});

const repliesProgram = `
import json, pika, sys
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.confirm_delivery()
received = []
def receiver(kind):
    def note(channel, method, properties, body):
        received.append(kind + ' ' + properties.correlation_id + ' ' + json.loads(body)['type'])
    return note
where = {
    'server-named': channel.queue_declare('', exclusive=True).method.queue,
    'direct': 'amq.rabbitmq.reply-to',
    'named': channel.queue_declare('reply.from-python', exclusive=True).method.queue,
}
for kind, queue in where.items():
    channel.basic_consume(queue, receiver(kind), auto_ack=True)
for kind, queue in where.items():
    properties = pika.BasicProperties(message_id='python-' + kind, reply_to=queue, correlation_id='mine')
    channel.basic_publish('davit', 'davit.tasks', json.dumps({'tool': 'no-such-tool'}), properties)
while len(received) < 3:
    connection.process_data_events(time_limit=None)
print('\\n'.join(sorted(received)))
connection.close()
`;

it('sends the event to a Python program in each kind of queue that replies may go to', async (context) => {
  needs(context, python);
  const url = test.stack.addresses.amqp;
  const { stdout } = await run('/usr/bin/python3', ['-c', repliesProgram, url], {
    timeout: 100_000,
  });
  expect(stdout.trim().split('\n')).toEqual(
    ['direct', 'named', 'server-named'].map((kind) => `${kind} mine davit.task.rejected`),
  );
});

/** The commands for the AWS CLI in README, at the address of this stack. */
const inReadme = (): readonly string[] => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /^```sh\n(export AWS_[^`]+)```$/m.exec(readme)?.[1] ?? '';
  const here = block.replaceAll('http://127.0.0.1:4566', test.stack.addresses.aws);
  const keys = here.replaceAll('./.davit/local.json', join(test.dir, 'local.json'));
  return keys.replaceAll('\\\n', '').trim().split('\n');
};

const inGreeting = (): readonly string[] =>
  greeting(test.stack.addresses, test.dir)
    .split('\n')
    .flatMap((line) => /^ +((?:aws|export) .+)$/.exec(line)?.[1] ?? []);

it.for([
  ['the greeting of npm start', inGreeting],
  ['README', inReadme],
] as const)('runs the commands for the AWS CLI in %s', async ([, read], context) => {
  needs(context, awsCli);
  const commands = read();
  expect(commands).toHaveLength(4);
  const shell = ['-e', '-c', commands.join('\n')];
  const { stdout } = await run('/bin/sh', shell, {
    env: {
      PATH: `/usr/bin:/bin:${dirname(process.execPath)}`,
      HOME: test.dir,
      AWS_PAGER: '',
    },
  });
  expect(stdout).toContain('"S": "done"');
  expect(stdout).toMatch(/"Version": \d/);
  expect(stdout).toContain('"taskArns"');
});

it('lets the AWS CLI query the table by phase and by tool', async (context) => {
  needs(context, awsCli);
  const query = (index: string, key: string, value: string) =>
    aws(
      ...['dynamodb', 'query', '--table-name', test.stack.addresses.table, '--index-name', index],
      ...['--key-condition-expression', `${key} = :value`],
      ...['--expression-attribute-values', JSON.stringify({ ':value': { S: value } })],
    );
  const [byPhase, byTool] = await Promise.all([
    query('by-phase', 'phase', 'SUCCEEDED'),
    query('by-tool', 'tool', 'echo'),
  ]);
  expect(byPhase.Items).toContainEqual(
    expect.objectContaining({
      taskId: { S: 'done' },
      tool: { S: 'echo' },
      version: { S: '1.0.0' },
      run: { N: '1' },
      exitCode: { N: '0' },
    }),
  );
  const phases = byTool.Items.map((item: Record<string, { S: string }>) => [
    item.taskId?.S,
    item.phase?.S,
  ]);
  expect(phases).toEqual(
    expect.arrayContaining([
      ['done', 'SUCCEEDED'],
      ['running', 'RUNNING'],
    ]),
  );
});

it('lets the AWS CLI list and describe the containers, and read their output', async (context) => {
  needs(context, awsCli);
  const { cluster } = test.stack.addresses;
  const row = await test.rows.row('running');
  const { taskArns } = await aws('ecs', 'list-tasks', '--cluster', cluster);
  expect(taskArns).toContain(row?.ecsTaskArn);
  const arn = String(row?.ecsTaskArn);
  const { tasks } = await aws('ecs', 'describe-tasks', '--cluster', cluster, '--tasks', arn);
  expect(tasks[0]).toMatchObject({
    taskArn: arn,
    startedBy: 'running/1',
    lastStatus: 'RUNNING',
    containers: [{ name: 'tool', lastStatus: 'RUNNING' }],
  });
  expect(Date.parse(tasks[0].startedAt)).toBeGreaterThan(Date.parse(tasks[0].createdAt));
  const done = await test.rows.row('done');
  const stream = `tool/tool/${String(done?.ecsTaskArn).split('/').at(-1)}`;
  const page = await aws(
    ...['logs', 'get-log-events', '--log-group-name', '/davit/local/tools', '--start-from-head'],
    ...['--log-stream-name', stream],
  );
  expect(page.events.map(({ message }: { message: string }) => message)).toEqual([
    'echo 1.0.0: task done, run 1',
    'DAVIT_RESULT {"say":"hello"}',
  ]);
});

it('makes a version live that the AWS CLI pins', async (context) => {
  needs(context, awsCli);
  const name = (what: string): string => `/davit/local/tools/echo/${what}`;
  const put = ['ssm', 'put-parameter', '--overwrite', '--name', name('version')];
  expect(await aws(...put, '--value', '1.1.0')).toMatchObject({ Version: 2 });
  await until('1.1.0 is live', async () => {
    const { Parameter } = await aws('ssm', 'get-parameter', '--name', name('live'));
    return JSON.parse(Parameter.Value).release?.version === '1.1.0' || undefined;
  });
});

it('answers the other calls of the AWS CLI as AWS does', async (context) => {
  needs(context, awsCli);
  const entry = JSON.stringify([{ Source: 'test', DetailType: 'Said', Detail: '{"a":1}' }]);
  const [caller, images, secret, put] = await Promise.all([
    aws('sts', 'get-caller-identity'),
    aws('ecr', 'describe-images', '--repository-name', 'davit-local/echo'),
    aws('secretsmanager', 'get-secret-value', '--secret-id', 'davit-local-publisher'),
    aws('events', 'put-events', '--entries', entry),
  ]);
  expect(caller).toMatchObject({
    Account: '123456789012',
    Arn: expect.stringMatching(/^arn:aws:iam::123456789012:/),
  });
  expect(images.imageDetails).toContainEqual(
    expect.objectContaining({
      imageTags: ['1.0.0'],
      imageDigest: expect.stringMatching(/^sha256:/),
    }),
  );
  expect(secret).toMatchObject({
    Name: 'davit-local-publisher',
    ARN: expect.stringMatching(/^arn:aws:secretsmanager:eu-central-1:123456789012:secret:davit-/),
  });
  const { username, password } = JSON.parse(secret.SecretString);
  expect(test.stack.addresses.amqp).toContain(`://${username}:${password}@`);
  expect(put).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
});

it('invokes a function for the AWS CLI, and returns its answer', async (context) => {
  needs(context, awsCli);
  const payload = ['--cli-binary-format', 'raw-in-base64-out', '--payload', '{"ask":"backlog"}'];
  const answerFile = `${test.dir}/answer.json`;
  const invoked = await aws(
    ...['lambda', 'invoke', '--function-name', 'davit-local-control', ...payload, answerFile],
  );
  expect(invoked).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  const { stdout } = await run('/bin/cat', [answerFile]);
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'backlog', ready: expect.any(Number) });
});

it('refuses unknown calls and names in the error shape that the AWS CLI understands', async (context) => {
  needs(context, awsCli);
  const [settings, session, layers, unknown] = await Promise.all([
    refusalOf('ecs', 'list-account-settings'),
    refusalOf('sts', 'get-session-token'),
    refusalOf('lambda', 'list-layers'),
    refusalOf('lambda', 'invoke', '--function-name', 'unknown', '/dev/null'),
  ]);
  expect(settings).toMatch(
    /^An error occurred \(UnknownOperationException\) when calling the ListAccountSettings operation: ecs ListAccountSettings is not part of the local AWS/,
  );
  expect(session).toMatch(
    /^An error occurred \(InvalidAction\) when calling the GetSessionToken operation: /,
  );
  expect(layers).toMatch(/^An error occurred \(UnknownOperationException\) when calling/);
  expect(unknown).toMatch(
    /^An error occurred \(ResourceNotFoundException\) when calling the Invoke operation: /,
  );
});
