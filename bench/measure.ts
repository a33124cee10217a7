import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { connect } from 'amqplib';
import type { Addresses } from '../local/addresses.ts';
import { percentile, rounded } from './numbers.ts';

/** The messages of one measurement, and the time limit. */
export interface Load {
  readonly name: string;
  readonly tasks: number;
  /** The time between two messages; 0 publishes all at once. */
  readonly gapMs: number;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** Publishes the load and waits for the end of every task; returns a row of the printed table. */
export const measure = async (addresses: Addresses, load: Load): Promise<object> => {
  const { aws: endpoint, region, accessKeyId, secretAccessKey } = addresses;
  const reach = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(reach));
  const began = performance.now();
  const published = await publishAll(addresses.amqp, load);
  const table = { client, TableName: addresses.table };
  const arns: string[] = [];
  for (const { taskId } of published)
    arns.push(await arnOf(table, taskId, load, began + load.withinMs));
  const seconds = (performance.now() - began) / 1000;
  const created = await createdAt(new ECSClient(reach), addresses.cluster, arns);
  const waits = published.flatMap(({ at }, n) => {
    const asked = created.get(arns[n] ?? '');
    return asked === undefined ? [] : [asked - at];
  });
  if (waits.length < load.tasks)
    throw new Error(
      `ECS must know when each of ${load.tasks} tasks was created, but knows it for ${waits.length}.`,
    );
  return {
    run: load.name,
    tasks: load.tasks,
    'publish → RunTask, median ms': rounded(percentile(waits, 50)),
    '99th percentile ms': rounded(percentile(waits, 99)),
    'tasks a second, to their end': rounded(load.tasks / seconds, 1),
    'load average, 1 min': rounded(loadavg()[0] ?? Number.NaN, 1),
  };
};

interface Published {
  readonly taskId: string;
  readonly at: number;
}

const publishAll = async (amqp: string, load: Load): Promise<readonly Published[]> => {
  const connection = await connect(amqp);
  // The wait for the confirms rejects too.
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  const published: Published[] = [];
  const body = Buffer.from(JSON.stringify({ tool: 'echo', input: {} }));
  for (let n = 0; n < load.tasks; n += 1) {
    const taskId = `${load.name}-${n}`;
    published.push({ taskId, at: Date.now() });
    channel.publish('davit', 'davit.tasks', body, { messageId: taskId, persistent: true });
    if (load.gapMs > 0) await wait(load.gapMs, undefined, { signal: load.signal });
  }
  await channel.waitForConfirms();
  await connection.close();
  return published;
};

interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly TableName: string;
}

/** Waits until a task has succeeded, and returns the ARN of its ECS task. Throws a sentence when it fails or is late. */
const arnOf = async (table: Table, taskId: string, load: Load, until: number): Promise<string> => {
  const { client, TableName } = table;
  for (;;) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { taskId } }));
    if (Item?.phase === 'SUCCEEDED') return Item.ecsTaskArn;
    if (Item?.endedAt !== undefined)
      throw new Error(`${taskId} must succeed, but ended ${Item.phase}: ${Item.reason}`);
    if (performance.now() > until) throw new Error(lateness(taskId, Item, load));
    await wait(100, undefined, { signal: load.signal });
  }
};

const lateness = (taskId: string, row: Record<string, unknown> | undefined, load: Load): string => {
  const state = row === undefined ? 'has no row' : `is ${row.phase}, waiting for ${row.waitingFor}`;
  return (
    `${load.tasks} tasks must end within ${load.withinMs / 1000} s, but ${taskId} ${state}: ` +
    "check the machine's load, or use fewer --tasks."
  );
};

/** When RunTask has made these ECS tasks, in ms, by their ARNs. Those that ECS does not know any more are left out. */
export const createdAt = async (
  ecs: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const found = new Map<string, number>();
  for (let from = 0; from < arns.length; from += 100) {
    const page = await ecs.send(
      new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + 100) }),
    );
    for (const { taskArn, createdAt: at } of page.tasks ?? [])
      if (taskArn !== undefined && at !== undefined) found.set(taskArn, at.getTime());
  }
  return found;
};
