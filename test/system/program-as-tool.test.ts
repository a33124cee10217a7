import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logsOf, streamOf } from '../../shared/aws/logs.ts';
import { newFolder, openTestStack, reachOf, type TestStack } from '../kit/local-stack.ts';
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

const put = (name: string, Value: string) =>
  ssm.send(new PutParameterCommand({ Name: `${tools}/checksum/${name}`, Value, Type: 'String' }));

const isLive = async (): Promise<boolean> => {
  const get = new GetParameterCommand({ Name: `${tools}/checksum/live` });
  const found = await ssm.send(get).catch(() => undefined);
  return found?.Parameter?.Value?.includes('"release"') ?? false;
};

beforeAll(async () => {
  const home = join(images, image, '9.5');
  mkdirSync(home, { recursive: true });
  const saved = { command: ['sh'], digest: `sha256:${'9'.repeat(64)}` };
  writeFileSync(join(home, 'image.json'), JSON.stringify(saved));
  writeFileSync(film, 'pictures');
  one = await openTestStack({ imagesDir: images });
  ssm = new SSMClient(reachOf(one.stack.addresses));
  await put('spec', JSON.stringify(spec));
  await put('version', '9.5');
  await until('checksum is live', isLive, 60_000);
});

afterAll(async () => {
  ssm?.destroy();
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a program of a public image is a tool without a line of code, and no shell reads what a message says', async () => {
  const { addresses } = one.stack;
  await publish(addresses.amqp, [
    { taskId: 'good', body: { tool: 'checksum', input: { path: film } } },
    { taskId: 'bad', body: { tool: 'checksum', input: { file: film } } },
  ]);
  const bad = await one.rows.when('bad', ({ endedAt }) => endedAt !== undefined);
  expect(bad.phase).toBe('REJECTED');
  expect(bad.reason).toMatch(/the tool's command needs input\.path, but the message has none/);
  const good = await one.rows.when('good', ({ endedAt }) => endedAt !== undefined);
  expect(good.phase).toBe('SUCCEEDED');
  const page = await logsOf(reachOf(addresses), tools)(
    streamOf(String(good.ecsTaskArn)),
    undefined,
  );
  const sum = createHash('sha256').update('pictures').digest('hex');
  expect(page?.lines.map(({ text }) => text)).toEqual([`${sum}  ${film}`]);
});
