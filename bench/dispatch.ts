import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { connect } from 'amqplib';
import type { Addresses } from '../local/addresses.ts';
import { startStack } from '../local/stack.ts';
import { percentile, rounded } from './numbers.ts';

/** How long a message waits until ECS is asked for its container, one at a time and all at once, on the local stack. */
const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '200' }, rate: { type: 'string', default: '5' } },
});
const tasks = Number(values.tasks);
const rate = Number(values.rate);
const root = fileURLToPath(new URL('..', import.meta.url));

interface Published {
  readonly taskId: string;
  readonly at: number;
}

const publishAll = async (
  addresses: Addresses,
  name: string,
  gapMs: number,
): Promise<Published[]> => {
  const connection = await connect(addresses.amqp);
  const channel = await connection.createConfirmChannel();
  const published: Published[] = [];
  const body = Buffer.from(JSON.stringify({ tool: 'echo', input: {} }));
  for (let n = 0; n < tasks; n += 1) {
    const taskId = `${name}-${n}`;
    published.push({ taskId, at: Date.now() });
    channel.publish('davit', 'davit.tasks', body, { messageId: taskId, persistent: true });
    if (gapMs > 0) await wait(gapMs);
  }
  await channel.waitForConfirms();
  await connection.close();
  return published;
};

/** Waits until a task has succeeded; answers its ECS task. */
const arnOf = async (
  table: DynamoDBDocumentClient,
  TableName: string,
  taskId: string,
): Promise<string> => {
  for (;;) {
    const { Item } = await table.send(new GetCommand({ TableName, Key: { taskId } }));
    if (Item?.phase === 'SUCCEEDED') return Item.ecsTaskArn;
    if (Item?.endedAt !== undefined)
      throw new Error(`${taskId} ended ${Item.phase}: ${Item.reason}`);
    await wait(100);
  }
};

const createdAt = async (
  ecs: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<Map<string, number>> => {
  const found = new Map<string, number>();
  for (let from = 0; from < arns.length; from += 100) {
    const page = await ecs.send(
      new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + 100) }),
    );
    for (const task of page.tasks ?? [])
      found.set(task.taskArn ?? '', task.createdAt?.getTime() ?? Number.NaN);
  }
  return found;
};

const measure = async (addresses: Addresses, name: string, gapMs: number): Promise<object> => {
  const { aws: endpoint, region, accessKeyId, secretAccessKey } = addresses;
  const reach = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(reach));
  const began = Date.now();
  const published = await publishAll(addresses, name, gapMs);
  const arns: string[] = [];
  for (const { taskId } of published) arns.push(await arnOf(table, addresses.table, taskId));
  const seconds = (Date.now() - began) / 1000;
  const created = await createdAt(new ECSClient(reach), addresses.cluster, arns);
  const waits = published.map(({ at }, n) => (created.get(arns[n] ?? '') ?? Number.NaN) - at);
  return {
    run: name,
    tasks,
    'publish → RunTask, median ms': rounded(percentile(waits, 50)),
    '99th percentile ms': rounded(percentile(waits, 99)),
    'tasks a second, to their end': rounded(tasks / seconds, 1),
  };
};

const dir = await mkdtemp(join(tmpdir(), 'davit-bench-'));
const say = (line: string): boolean => process.stderr.write(`${line}\n`);
const stack = await startStack({ dir, imagesDir: join(root, '.davit', 'images'), log: say });
try {
  // The first invocation starts the function's process; it is not what is measured.
  await measure(stack.addresses, 'warm', 0);
  const rows = [
    await measure(stack.addresses, 'steady', 1000 / rate),
    await measure(stack.addresses, 'burst', 0),
  ];
  console.table(rows);
} finally {
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}
process.exit(0);
