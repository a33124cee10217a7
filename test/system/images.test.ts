import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logsOf } from '../../shared/aws/logs.ts';
import { logStreamOf } from '../../shared/core/log-stream.ts';
import { newFolder, openTestStack, type Row, reachOf, type TestStack } from '../kit/local-stack.ts';
import { publish } from '../kit/publisher.ts';
import { echoSpec } from '../kit/site.ts';
import { until } from '../kit/until.ts';

const image = 'public.ecr.aws/docker/library/coreutils';
const tools = '/davit/local/tools';
const folder = newFolder();
const images = join(folder, 'images');
const film = join(folder, 'a film; exit 3 $(id) "x".mp4');
let one: TestStack;
let ssm: SSMClient;

const spec = {
  ...echoSpec,
  image,
  result: false,
  command: ['sha256sum', '--', '{input.path}'],
  environment: { LC_ALL: 'C' },
};

const digests = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
const go = join(folder, 'go');

/** Puts an image under a tag; the previous image of the tag stays under its digest, as in a registry. */
const push = (path: string, [digest = '', ...command]: readonly string[]): void => {
  for (const home of [join(images, path, digest.replace(':', '-')), join(images, path)]) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'image.json'), JSON.stringify({ command, digest }));
  }
};

const put = (name: string, Value: string) =>
  ssm.send(
    new PutParameterCommand({ Name: `${tools}/${name}`, Value, Type: 'String', Overwrite: true }),
  );

/** Waits until the live record of a tool is as expected. */
const isLive = (tool: string, words: string): Promise<boolean> =>
  until(
    `${tool} is live with ${words}`,
    async () => {
      const get = new GetParameterCommand({ Name: `${tools}/${tool}/live` });
      const found = await ssm.send(get).catch(() => undefined);
      return found?.Parameter?.Value?.includes(words) ?? false;
    },
    60_000,
  );

const linesOf = async ({ ecsTaskArn }: Row): Promise<readonly string[] | undefined> => {
  const read = logsOf(reachOf(one.stack.addresses), tools);
  const page = await read(logStreamOf(String(ecsTaskArn)), undefined);
  return page?.lines.map(({ text }) => text);
};

beforeAll(async () => {
  push(join(image, '9.5'), [`sha256:${'9'.repeat(64)}`, 'sh']);
  const first = `echo first; until [ -e "${go}" ]; do sleep 0.1; done; [ $DAVIT_RUN != 1 ] || exit 75`;
  push('again/1.0.0', [digests[0] ?? '', 'sh', '-c', first]);
  writeFileSync(film, 'pictures');
  one = await openTestStack({ imagesDir: images });
  ssm = new SSMClient(reachOf(one.stack.addresses));
  await put('checksum/spec', JSON.stringify(spec));
  await put('checksum/version', '9.5');
  await put('again/spec', JSON.stringify({ ...echoSpec, image: 'again', delaysMs: [1_000] }));
  await put('again/version', '1.0.0');
  await Promise.all([isLive('checksum', '"release"'), isLive('again', digests[0] ?? '')]);
});

afterAll(async () => {
  ssm?.destroy();
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a program of a public image is a tool without a line of code, and no shell reads the text of a message', async () => {
  const { addresses } = one.stack;
  await publish(addresses.amqp, [
    { taskId: 'good', body: { tool: 'checksum', input: { path: film } } },
    { taskId: 'bad', body: { tool: 'checksum', input: { file: film } } },
  ]);
  const bad = await one.rows.when('bad', ({ endedAt }) => endedAt !== undefined);
  expect(bad.phase).toBe('REJECTED');
  expect(bad.reason).toMatch(
    /the tool's command needs input\.path, but the message does not have it/,
  );
  const good = await one.rows.when('good', ({ endedAt }) => endedAt !== undefined);
  expect(good.phase).toBe('SUCCEEDED');
  const sum = createHash('sha256').update('pictures').digest('hex');
  expect(await linesOf(good)).toEqual([`${sum}  ${film}`]);
});

test('a tag that is pushed again changes no retry; new tasks get it once it is pinned again', async () => {
  const { addresses } = one.stack;
  const body = { tool: 'again', input: {} };
  await publish(addresses.amqp, [{ taskId: 'early', body }]);
  await one.rows.when('early', ({ phase }) => phase === 'RUNNING');
  push('again/1.0.0', [digests[1] ?? '', 'echo', 'second']);
  await put('again/version', '1.0.0');
  await isLive('again', digests[1] ?? '');
  // For some seconds dispatch remembers the live version.
  let count = 0;
  const next = async (): Promise<string | undefined> => {
    count += 1;
    const id = `late-${count}`;
    await publish(addresses.amqp, [{ taskId: id, body }]);
    const row = await one.rows.when(id, ({ pinned }) => pinned !== undefined);
    return JSON.stringify(row.pinned).includes(digests[1] ?? '') ? id : undefined;
  };
  const taskId = await until('a task gets the second image', next, 60_000);
  const late = await one.rows.when(taskId, ({ endedAt }) => endedAt !== undefined);
  expect(await linesOf(late)).toEqual(['second']);
  writeFileSync(go, '');
  const early = await one.rows.when('early', ({ endedAt }) => endedAt !== undefined);
  expect(early).toMatchObject({ phase: 'SUCCEEDED', run: 2, attempts: 2, version: '1.0.0' });
  expect(await linesOf(early)).toEqual(['first']);
});
