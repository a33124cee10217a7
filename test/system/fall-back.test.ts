import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  metricOf,
  newFolder,
  openTestStack,
  type Row,
  reachOf,
  type TestStack,
} from '../kit/local-stack.ts';
import { publish } from '../kit/publisher.ts';
import { asAdministrator, declareQueue, takeEvents } from '../kit/replies.ts';
import { echoSpec } from '../kit/site.ts';
import { until } from '../kit/until.ts';

const folder = newFolder();
const images = join(folder, 'images');
const good = ['true'];
const bad = ['/no/such/program'];
const quick = [50, 100] as const;
const delaysMs = {
  provisioning: quick,
  pending: quick,
  activating: quick,
  stopAsked: quick,
  deactivating: quick,
  stopping: quick,
  deprovisioning: quick,
};
/** The events that have invoked `release`. */
const invoked: string[] = [];
let one: TestStack;
let ssm: SSMClient;
let count = 0;
let brokenVersions = 0;

beforeAll(async () => {
  const onInvocation = ({ functionName, phase, payload }: Seen): void => {
    if (functionName === 'davit-local-release' && phase === 'start') invoked.push(payload);
  };
  one = await openTestStack({ imagesDir: images, faults: { onInvocation, ecs: { delaysMs } } });
  ssm = new SSMClient(reachOf(one.stack.addresses));
});

interface Seen {
  readonly functionName: string;
  readonly phase: 'start' | 'end';
  readonly payload: string;
}

afterAll(async () => {
  ssm?.destroy();
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A tool of its own for each try of a test, with a version that is pinned and live. */
const newTool = async (version: string, command: readonly string[]) => {
  count += 1;
  const tool = `fickle${count}`;
  const replies = `reply.${tool}`;
  const { amqp } = one.stack.addresses;
  await declareQueue(asAdministrator(amqp, one.stack.rabbit.admin()), replies);
  await put(`${tool}/spec`, JSON.stringify({ ...echoSpec, image: tool, result: false }));

  const live = async (): Promise<string | undefined> => {
    const get = new GetParameterCommand({ Name: `${tools}/${tool}/live` });
    const found = await ssm.send(get).catch(() => undefined);
    return JSON.parse(found?.Parameter?.Value ?? '{}').release?.version;
  };
  const isLive = (wanted: string): Promise<boolean> =>
    until(`${tool} ${wanted} is live`, async () => (await live()) === wanted, 60_000);

  /** Sends new tasks until one is as expected: dispatch remembers for some seconds what was live. */
  const sendUntil = (what: string, is: (row: Row) => boolean): Promise<Row> =>
    until(
      what,
      async () => {
        count += 1;
        const taskId = `task-${count}`;
        await publish(amqp, [{ taskId, body: { tool, input: {} }, replyTo: replies }]);
        const row = await one.rows.when(taskId, isDecided);
        return is(row) ? row : undefined;
      },
      60_000,
    );

  const pin = async (name: string, content: readonly string[]): Promise<void> => {
    count += 1;
    push(`${tool}/${name}`, content);
    await put(`${tool}/version`, name);
  };

  /** Three tasks that cannot start. */
  const breakWith = async (name: string): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    while (rows.length < 3)
      rows.push(await sendUntil(`a task gets ${name}`, (row) => row.version === name));
    for (const { taskId } of rows)
      await one.rows.when(String(taskId), ({ run }) => Number(run) > 1);
    await until('the event of the broken version', () =>
      invoked.some((event) => event.includes('davit.version.broken') && event.includes(tool)),
    );
    brokenVersions += 1;
    await until('the metric', () => brokenCount() >= brokenVersions);
    return rows;
  };

  await pin(version, command);
  await isLive(version);
  return { tool, replies, isLive, pin, sendUntil, breakWith };
};

const tools = '/davit/local/tools';

const put = (name: string, Value: string) =>
  ssm.send(
    new PutParameterCommand({ Name: `${tools}/${name}`, Value, Type: 'String', Overwrite: true }),
  );

/** Puts an image under a tag, with a digest of its own. */
const push = (path: string, command: readonly string[]): void => {
  const digest = `sha256:${String(count).padStart(64, '0')}`;
  for (const home of [join(images, path, digest.replace(':', '-')), join(images, path)]) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'image.json'), JSON.stringify({ command, digest }));
  }
};

/** It has a version, or waits. */
const isDecided = (row: Row): boolean => row.version !== undefined || row.heldBy !== undefined;

const ended = ({ taskId }: Row): Promise<Row> =>
  one.rows.when(String(taskId), ({ endedAt }) => endedAt !== undefined);

const recordOf = async (tool: string, version: string): Promise<Row> =>
  (await one.rows.row(`#version/${tool}/${version}`)) ?? {};

const brokenCount = (): number =>
  ['davit-local-settle', 'davit-local-sweep']
    .map((name) => metricOf(one.stack, name, 'VersionsBroken'))
    .reduce((sum, each) => sum + each, 0);

test.concurrent('a version that cannot start three times is broken: the last one that succeeded is live again, until the next pin', async () => {
  const { tool, isLive, pin, sendUntil, breakWith } = await newTool('1.0.0', good);
  const first = await sendUntil('a task of the first version', () => true);
  expect(await ended(first)).toMatchObject({ phase: 'SUCCEEDED', version: '1.0.0' });
  await until(
    '1.0.0 is proven',
    async () => (await recordOf(tool, '1.0.0')).provenAt !== undefined,
  );

  await pin('1.1.0', bad);
  await isLive('1.1.0');
  const rows = await breakWith('1.1.0');
  expect((await recordOf(tool, '1.1.0')).broken).toMatch(/3 starts in a row failed.*not found/);
  const why = /fickle\d+ 1\.1\.0 cannot be started \(.*executable file not found/;
  for (const { taskId } of rows)
    await one.rows.when(String(taskId), ({ waitingFor }) => why.test(String(waitingFor)));

  await isLive('1.0.0');
  const next = await sendUntil('a task gets 1.0.0 again', (row) => row.version === '1.0.0');
  expect(await ended(next)).toMatchObject({ phase: 'SUCCEEDED', run: 1 });

  await pin('1.1.0', good);
  await isLive('1.1.0');
  expect((await recordOf(tool, '1.1.0')).broken).toBeUndefined();
  const last = await sendUntil('a task gets 1.1.0', (row) => row.version === '1.1.0');
  expect(await ended(last)).toMatchObject({ phase: 'SUCCEEDED', run: 1 });
});

test.concurrent('without an older version a new task waits, says why, and runs after the next pin', async () => {
  const { replies, pin, sendUntil, breakWith } = await newTool('1.0.0', bad);
  await breakWith('1.0.0');
  const held = await sendUntil('a task waits for another version', ({ waitingFor }) =>
    /1\.0\.0 is broken \(3 starts in a row failed/.test(String(waitingFor)),
  );
  await until('its event waiting', async () =>
    (await takeEvents(one.stack.addresses.amqp, replies)).some(
      ({ taskId, what }) => taskId === held.taskId && what === 'waiting',
    ),
  );
  await pin('1.0.0', good);
  expect(await ended(held)).toMatchObject({ phase: 'SUCCEEDED', run: 1, version: '1.0.0' });
});
