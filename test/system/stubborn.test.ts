import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTasksCommand, ECSClient, StopTaskCommand } from '@aws-sdk/client-ecs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logsOf } from '../../shared/aws/logs.ts';
import { logStreamOf } from '../../shared/core/log-stream.ts';
import {
  imagesDir,
  newFolder,
  openTestStack,
  type Row,
  reachOf,
  type TestStack,
  tallyOf,
} from '../kit/local-stack.ts';
import { containersIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { asAdministrator } from '../kit/replies.ts';
import { until } from '../kit/until.ts';

const tools = '/davit/local/tools';
const folder = newFolder();
const images = join(folder, 'images');
let one: TestStack;
let ssm: SSMClient;

const parameter = async (name: string): Promise<string> => {
  const found = await ssm.send(new GetParameterCommand({ Name: `${tools}/${name}` }));
  return found.Parameter?.Value ?? '';
};

const put = (name: string, Value: string) =>
  ssm.send(new PutParameterCommand({ Name: `${tools}/${name}`, Value, Overwrite: true }));

/** Waits until this version is live, with this stop timeout. */
const isLive = (version: string, stopTimeoutS: number): Promise<boolean> =>
  until(
    `echo ${version}`,
    async () => {
      const { release } = JSON.parse(await parameter('echo/live'));
      return release?.version === version && release.spec.stopTimeoutS === stopTimeoutS;
    },
    60_000,
  );

// Also the image that the tag named before: task definitions ask for a digest.
const imageOfNext = join(images, 'echo', '1.1.0');
const deletedImage = join(folder, 'deleted-image');

const quick = [50, 100] as const;
/** ECS reports RUNNING two seconds after a container has started; some have ended by then. */
const delaysMs = {
  provisioning: quick,
  pending: quick,
  activating: [2_000, 2_000],
  stopAsked: quick,
  deactivating: quick,
  stopping: quick,
  deprovisioning: quick,
} as const;

// All start together, so that their delays pass while the test checks the others.
beforeAll(async () => {
  mkdirSync(images);
  cpSync(imagesDir, images, { recursive: true });
  one = await openTestStack({ imagesDir: images, faults: { ecs: { delaysMs } } });
  ssm = new SSMClient(reachOf(one.stack.addresses));
  const spec = JSON.parse(await parameter('echo/spec'));
  await put('echo/spec', JSON.stringify({ ...spec, stopTimeoutS: 2 }));
  await put('echo/version', '1.1.0');
  await isLive('1.1.0', 2);
  await put('echo/version', '1.0.0');
  await isLive('1.0.0', 2);
  renameSync(imageOfNext, deletedImage);

  const { tallyFile: appendTo } = one;
  await publish(one.stack.addresses.amqp, [
    { taskId: 'no-image', body: { tool: 'echo', version: '1.1.0', input: { appendTo } } },
    echoOf('stubborn', { appendTo, sleepMs: 9_000, ignoreSigterm: true }),
    echoOf('retried', { appendTo, exitCodes: [75, 75, 0] }),
    echoOf('hopeless', { appendTo, exitCode: 65 }),
    echoOf('killed-at-once', { appendTo, crash: 'kill' }),
    echoOf('talkative', { appendTo, printBytes: 12_000_000 }),
  ]);
});

afterAll(async () => {
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

const startsOf = (id: string): readonly number[] =>
  tallyOf(one.tallyFile)
    .filter(({ taskId }) => taskId === id)
    .map(({ run }) => run);

const isEnded = ({ endedAt }: Row): boolean => endedAt !== undefined;

interface PastRun {
  readonly verdict: string;
  readonly why: string;
  readonly startedAt?: string;
  readonly endedAt: string;
  readonly exitCode?: number;
  readonly ecsTaskArn?: string;
}

const runsOf = ({ runs }: Row): readonly PastRun[] => (Array.isArray(runs) ? runs : []);

/** When ECS was asked for a run: a row only has the time when it was seen running, and a short run may never be. */
const createdAt = async (ecsTaskArn = ''): Promise<number> => {
  const ecs = new ECSClient(reachOf(one.stack.addresses));
  const { cluster } = one.stack.addresses;
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [ecsTaskArn] }));
  return tasks?.[0]?.createdAt?.getTime() ?? Number.NaN;
};

const linesOf = async (ecsTaskArn: string): Promise<readonly string[]> => {
  const read = logsOf(reachOf(one.stack.addresses), tools);
  const lines: string[] = [];
  let from: string | undefined;
  for (;;) {
    const page = await read(logStreamOf(ecsTaskArn), from);
    if (page === undefined || page.lines.length === 0) return lines;
    lines.push(...page.lines.map(({ text }) => text));
    from = page.next;
  }
};

test('a tool that ignores SIGTERM is killed after its stop timeout; a stop by hand costs no attempt', async () => {
  const running = await one.rows.when('stubborn', ({ phase }) => phase === 'RUNNING');
  const [first] = tallyOf(one.tallyFile).filter(({ taskId }) => taskId === 'stubborn');
  const ecs = new ECSClient(reachOf(one.stack.addresses));
  const { cluster } = one.stack.addresses;
  const task = String(running.ecsTaskArn);
  await ecs.send(new StopTaskCommand({ cluster, task, reason: 'an operator was curious' }));
  const row = await one.rows.when('stubborn', isEnded);
  expect(row).toMatchObject({ phase: 'SUCCEEDED', run: 2, attempts: 1, reclaims: 1 });
  expect(runsOf(row)).toMatchObject([
    {
      verdict: 'reclaimed',
      why: expect.stringContaining('an operator was curious'),
      exitCode: 137,
    },
    { verdict: 'succeeded' },
  ]);
  expect(await linesOf(task)).toContain('SIGTERM ignored, as the input asks');
  expect(startsOf('stubborn')).toEqual([1, 2]);
  expect(containersIn(one.dir).map(({ pid }) => pid)).not.toContain(first?.pid);
});

test('exit 75 twice and then 0: three attempts with the delays of tools.yml between them', async () => {
  const row = await one.rows.when('retried', isEnded);
  expect(row).toMatchObject({ phase: 'SUCCEEDED', run: 3, attempts: 3, exitCode: 0 });
  const runs = runsOf(row);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([75, 75, 0]);
  const asked = await Promise.all(runs.slice(1).map(({ ecsTaskArn }) => createdAt(ecsTaskArn)));
  const waits = asked.map((at, n) => at - Date.parse(runs[n]?.endedAt ?? ''));
  expect(waits[0]).toBeGreaterThanOrEqual(2_000);
  expect(waits[1]).toBeGreaterThanOrEqual(4_000);
  expect(startsOf('retried')).toEqual([1, 2, 3]);
});

test('exit 65 fails at once, with a dead letter', async () => {
  const row = await one.rows.when('hopeless', isEnded);
  expect(row).toMatchObject({
    phase: 'FAILED',
    run: 1,
    attempts: 1,
    exitCode: 65,
    reason: 'exit 65',
  });
  expect(startsOf('hopeless')).toEqual([1]);
  const { amqp } = one.stack.addresses;
  const connection = await connect(asAdministrator(amqp, one.stack.rabbit.admin()));
  const channel = await connection.createChannel();
  const letter = await until('a dead letter', async () => {
    const message = await channel.get('davit.dead', { noAck: true });
    if (message === false || message.properties.messageId !== 'hopeless') return undefined;
    return message;
  });
  await connection.close();
  expect(letter.properties.headers).toMatchObject({ 'davit-dead': 1, 'davit-reason': 'exit 65' });
  expect(JSON.parse(letter.content.toString())).toMatchObject({ tool: 'echo' });
});

test('a tool that ends before it is seen running uses each of its attempts once', async () => {
  const row = await one.rows.when('killed-at-once', isEnded);
  expect(row).toMatchObject({ phase: 'FAILED', run: 3, attempts: 3, exitCode: 137 });
  expect(row.reason).toBe('exit 137 in attempt 3 of 3');
  // ECS reports RUNNING two seconds after the start of a container.
  expect(runsOf(row).map(({ startedAt }) => startedAt)).toContain(undefined);
  expect(startsOf('killed-at-once')).toEqual([1, 2, 3]);
});

test('a tool that prints 12 MB does not affect other tasks, and its last line is kept', async () => {
  const row = await one.rows.when('talkative', isEnded);
  expect(row).toMatchObject({ phase: 'SUCCEEDED', run: 1 });
  const lines = await linesOf(String(row.ecsTaskArn));
  expect(lines[0]).toMatch(/^echo 1\.0\.0: task talkative/);
  expect(lines.at(-1)).toMatch(/^DAVIT_RESULT /);
  expect(lines.some((line) => /bytes of output are left out/.test(line))).toBe(true);
});

test('when an image is deleted after its release, the task waits with that reason and uses no attempt', async () => {
  const waits = await one.rows.when(
    'no-image',
    ({ phase, run }) => phase === 'QUEUED' && run === 2,
  );
  expect(waits).toMatchObject({ attempts: 0, heldBy: 'version/echo/1.1.0' });
  expect(waits.waitingFor).toMatch(/^echo 1\.1\.0 cannot be started .*not found/);
  expect(runsOf(waits)).toMatchObject([{ verdict: 'release' }]);
  renameSync(deletedImage, imageOfNext);
  const row = await one.rows.when('no-image', isEnded, 150_000);
  expect(row).toMatchObject({ phase: 'SUCCEEDED', version: '1.1.0', attempts: 1 });
  expect(startsOf('no-image')).toHaveLength(1);
});
