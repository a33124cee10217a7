import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limitItems } from '../../shared/aws/limit-items.ts';
import { newLimit } from '../../shared/core/limit.ts';
import { newFolder, openTestStack, reachOf, type TestStack } from '../kit/local-stack.ts';
import { publish } from '../kit/publisher.ts';
import { writeShellTool } from '../kit/shell-tool.ts';
import { until } from '../kit/until.ts';

const folder = newFolder();
const images = join(folder, 'images');
const counts = join(folder, 'counts');
const go = join(folder, 'go');
const most = 3;
const minute = 60_000;
let one: TestStack;

// The tools themselves are the witnesses: each run notes its tool when it begins and when it is done. None is done before `go` is there.
// A success of the transcoder waits a minute for its result.
const script = `echo "+ $DAVIT_TOOL" >> '${counts}'
while [ ! -e '${go}' ]; do sleep 0.1; done
sleep 0.2; echo "- $DAVIT_TOOL" >> '${counts}'
echo 'DAVIT_RESULT {}'`;

/** What a deployment with `maxRunning` beside the tools of tools.yml does, some minutes ago: what ran by then is counted. */
const limitStage = async (): Promise<void> => {
  const { addresses } = one.stack;
  const reach = reachOf(addresses);
  const parameter = { Name: '/davit/local/maxRunning', Value: `${most}`, Type: 'String' } as const;
  await new SSMClient(reach).send(new PutParameterCommand(parameter));
  const now = Date.now();
  const fresh = newLimit('stage', { maxRunning: most, tools: [] }, now - 2 * minute);
  const client = new DynamoDBClient(reach);
  const items = limitItems({ client, table: addresses.table, newId: randomUUID });
  expect(await items.save({ ...fresh, revision: 1, checkedAt: now - minute }, fresh)).toBe(true);
};

beforeAll(async () => {
  writeShellTool(images, join(folder, 'tally'), script);
  cpSync(join(images, 'echo'), join(images, 'transcoder'), { recursive: true });
  one = await openTestStack({ imagesDir: images });
  await limitStage();
});

afterAll(async () => {
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('no more runs of two tools live than the limit of the stage, and all of them come to their end', async () => {
  const tools = ['echo', 'transcoder'];
  const tasks = Array.from({ length: 12 }, (_, n) => ({
    taskId: `staged-${n + 1}`,
    body: { tool: tools[n % 2], input: {} },
  }));
  await publish(one.stack.addresses.amqp, tasks);
  const waiting = async () =>
    (await one.rows.all()).filter(({ heldBy }) => String(heldBy).startsWith('stage/')).length;
  await until('all others to wait', async () => (await waiting()) === tasks.length - most, 60_000);
  await until('all places to be used', async () => linesIn(counts).length === most, 60_000);
  writeFileSync(go, '');
  const rows = await one.rows.whenAllEnded(tasks.length, 120_000);
  expect(rows.filter(({ phase }) => phase !== 'SUCCEEDED')).toEqual([]);
  let living = 0;
  const seen = linesIn(counts).map((line) => {
    living += line.startsWith('+') ? 1 : -1;
    return living;
  });
  expect(seen).toHaveLength(2 * tasks.length);
  expect(Math.max(...seen)).toBe(most);
  for (const tool of tools)
    expect(linesIn(counts).filter((line) => line === `+ ${tool}`)).toHaveLength(6);
});

const linesIn = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
