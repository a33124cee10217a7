import { join } from 'node:path';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStack, type Row, reachOf, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { containersIn } from '../kit/process-identity.ts';
import { type Ending, startProgram } from '../kit/program.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { asAdministrator, declareQueue, takeEvents } from '../kit/replies.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

let test: TestStack;
let ssm: SSMClient;
const paused = '/davit/local/tools/transcoder/paused';
const quick = [50, 100] as const;
/** Long enough to cancel a run that ECS has accepted and not started. */
const delaysMs = { pending: [4_000, 4_000], activating: quick, stopping: quick } as const;

beforeAll(async () => {
  test = await openTestStack({ faults: { ecs: { delaysMs: { ...defaults, ...delaysMs } } } });
  ssm = new SSMClient(reachOf(test.stack.addresses));
  await declareQueue(
    asAdministrator(test.stack.addresses.amqp, test.stack.rabbit.admin()),
    replies,
  );
});

afterAll(() => test.close());

const defaults = {
  provisioning: quick,
  stopAsked: quick,
  deactivating: quick,
  deprovisioning: quick,
} as const;
const replies = 'reply.cancel-test';

const davit = (...words: readonly string[]): Promise<Ending> =>
  startProgram([join(root, 'cli/davit.mjs'), ...words], { DAVIT_DIR: test.dir, DAVIT_STAGE: '' })
    .ended;

const cancel = async (...ids: readonly string[]): Promise<readonly Row[]> => {
  const ending = await davit('cancel', ...ids, '--why', 'the page was closed', '--json');
  return JSON.parse(ending.stdout).tasks;
};

/** Publishes requests as the web server does. */
const ask = async (...requests: readonly (object | string)[]): Promise<void> => {
  const connection = await connect(test.stack.addresses.amqp);
  try {
    const channel = await connection.createConfirmChannel();
    for (const request of requests) {
      const body = typeof request === 'string' ? request : JSON.stringify(request);
      channel.publish('davit', 'davit.control', Buffer.from(body), {
        persistent: true,
        replyTo: replies,
      });
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
};

const send = (...tasks: readonly (readonly [id: string, input: object])[]): Promise<void> =>
  publish(
    test.stack.addresses.amqp,
    tasks.map(([id, input]) => ({
      ...echoOf(id, { appendTo: test.tallyFile, ...input }),
      replyTo: replies,
    })),
  );

const runsOf = (id: string): readonly number[] =>
  tallyOf(test.tallyFile)
    .filter(({ taskId }) => taskId === id)
    .map(({ run }) => run);

const isEnded = ({ endedAt }: Row): boolean => endedAt !== undefined;
const is =
  (phase: string) =>
  (row: Row): boolean =>
    row.phase === phase;

const livesFor = (id: string): boolean => {
  const pids = tallyOf(test.tallyFile)
    .filter(({ taskId }) => taskId === id)
    .map(({ pid }) => pid);
  return containersIn(test.dir).some(({ pid }) => pids.includes(pid));
};

it('cancels a running task when its container has stopped, and its publisher hears of it', async () => {
  await send(['running', { sleepMs: 600_000 }]);
  await test.rows.when('running', is('RUNNING'));
  expect(livesFor('running')).toBe(true);
  expect(await cancel('running')).toMatchObject([{ how: 'done' }]);
  expect(await cancel('running')).toMatchObject([{ how: 'done' }]);
  const row = await test.rows.when('running', isEnded);
  expect(row).toMatchObject({ phase: 'CANCELLED', run: 1, reason: 'the page was closed' });
  expect(livesFor('running')).toBe(false);
  expect(await cancel('running')).toMatchObject([{ says: 'it was cancelled before' }]);
  await until('its reply', async () =>
    (await takeEvents(test.stack.addresses.amqp, replies)).some(({ what }) => what === 'cancelled'),
  );
});

it('cancels a run that ECS has accepted and not started: no container is left', async () => {
  await send(['starting', { sleepMs: 600_000 }]);
  await test.rows.when('starting', is('STARTING'));
  await ask({ ask: 'cancel', taskId: 'starting' });
  expect(await test.rows.when('starting', isEnded)).toMatchObject({ phase: 'CANCELLED', run: 1 });
  expect(livesFor('starting')).toBe(false);
});

it('cancels a queued task at once, and one that has not come yet when it comes', async () => {
  await ssm.send(
    new PutParameterCommand({ Name: paused, Value: 'for a test', Type: 'String', Overwrite: true }),
  );
  await publish(test.stack.addresses.amqp, [
    { taskId: 'queued', body: { tool: 'transcoder', input: { input: 'a', output: 'b' } } },
  ]);
  await test.rows.when('queued', (row) => is('QUEUED')(row) && row.heldBy !== undefined);
  expect(await cancel('queued', 'early')).toMatchObject([
    { how: 'done', says: expect.stringMatching(/it is CANCELLED/) },
    { how: 'done', says: expect.stringMatching(/within 14 days/) },
  ]);
  expect(await test.rows.row('queued')).toMatchObject({ phase: 'CANCELLED' });
  await ssm.send(new DeleteParameterCommand({ Name: paused }));
  await send(['early', {}]);
  await test.rows.when('early', (row) => row.tool === 'echo' && row.outboxAt === undefined);
  expect(await test.rows.row('early')).toMatchObject({ phase: 'CANCELLED', tombstone: true });
  expect(runsOf('early')).toEqual([]);
});

it('leaves a success alone, also when the cancel races with it', async () => {
  const ids = Array.from({ length: 6 }, (_, n) => `race-${n}`);
  await send(...ids.map((id, n) => [id, { sleepMs: 300 * n }] as const));
  await test.rows.when('race-0', (row) => row.phase === 'RUNNING' || isEnded(row));
  await ask({ ask: 'cancel', taskIds: ids });
  for (const id of ids) {
    const row = await test.rows.when(id, isEnded);
    expect(['SUCCEEDED', 'CANCELLED']).toContain(row.phase);
    // A run that ECS has stopped is CANCELLED, also when its tool exits with 0 on SIGTERM.
    if (row.phase === 'SUCCEEDED') expect(row.exitCode).toBe(0);
  }
  await send(['done', {}]);
  await test.rows.when('done', isEnded);
  const [answer] = await cancel('done');
  expect(answer).toMatchObject({ how: 'refused', says: expect.stringMatching(/SUCCEEDED/) });
});

it('redrives by id and by tool, and twice is once', async () => {
  const ids = ['dead-1', 'dead-2', 'dead-3'];
  await send(...ids.map((id) => [id, { exitCodes: [65, 0] }] as const));
  for (const id of ids) await test.rows.when(id, is('FAILED'));
  const dead = JSON.parse((await davit('dead', '--tool', 'echo', '--json')).stdout);
  expect(dead.groups).toMatchObject([{ tool: 'echo', phase: 'FAILED', count: 3 }]);
  expect((await davit('redrive', '--tool', 'echo')).code).toBe(2);
  expect(await davit('redrive', 'dead-1')).toMatchObject({ code: 0 });
  const again = { ask: 'redrive', taskId: 'dead-1', run: 1 };
  await ask(again, again);
  const words = ['redrive', '--tool', 'echo', '--reason', 'exit 65', '--yes'];
  expect(await davit(...words)).toMatchObject({ code: 0 });
  for (const id of ids) {
    const row = await test.rows.when(id, is('SUCCEEDED'));
    expect(row).toMatchObject({ run: 2, attempts: 1 });
    expect(runsOf(id)).toEqual([1, 2]);
  }
  const [refused] = JSON.parse((await davit('redrive', 'dead-1', '--json')).stdout).tasks;
  expect(refused).toMatchObject({ how: 'refused', says: expect.stringMatching(/SUCCEEDED/) });
});

it('redrives a dead letter that someone moves back to davit.tasks, once', async () => {
  await send(['shovelled', { exitCodes: [65, 65, 0] }]);
  await test.rows.when('shovelled', is('FAILED'));
  const admin = asAdministrator(test.stack.addresses.amqp, test.stack.rabbit.admin());
  const connection = await connect(admin);
  try {
    const channel = await connection.createConfirmChannel();
    const found = async () => {
      const message = await channel.get('davit.dead', { noAck: true });
      if (message === false || message.properties.messageId !== 'shovelled') return undefined;
      return message;
    };
    const { content, properties } = await until('its letter', found, 30_000);
    for (let n = 0; n < 2; n += 1) channel.sendToQueue('davit.tasks', content, properties);
    await channel.waitForConfirms();
    await test.rows.when('shovelled', (row) => is('FAILED')(row) && row.run === 2);
    channel.sendToQueue('davit.tasks', content, properties);
    await channel.waitForConfirms();
    await send(['after', {}]);
    await test.rows.when('after', isEnded);
  } finally {
    await connection.close();
  }
  expect(await test.rows.row('shovelled')).toMatchObject({ phase: 'FAILED', run: 2 });
  expect(runsOf('shovelled')).toEqual([1, 2]);
});

it('gives rubbish on davit.control a row, and delays no other request', async () => {
  await ask('rubbish', { ask: 'cancel', taskId: 'beside' }, '{"ask":"dance"}');
  expect(await test.rows.when('beside', isEnded)).toMatchObject({ phase: 'CANCELLED' });
  const rejected = await until('two rows', async () => {
    const rows = (await test.rows.all()).filter(is('REJECTED'));
    return rows.length === 2 ? rows : undefined;
  });
  expect(rejected.map(({ reason }) => reason).sort()).toEqual([
    expect.stringMatching(/must be a JSON object/),
    expect.stringMatching(/control expected/),
  ]);
});
