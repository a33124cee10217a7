import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { connect } from 'amqplib';
import type { Addresses } from '../../local/addresses.ts';
import { reachOf } from '../../test/kit/local-stack.ts';
import { createdAt } from '../measure.ts';
import { percentile, rounded } from '../numbers.ts';
import { livingIn } from './living.ts';
import { figuresOf, type ItemWrite, type WriteFigures } from './write-units.ts';

/** What is published, and under which limit. */
export interface LimitLoad {
  readonly tasksPerSecond: number;
  readonly seconds: number;
  readonly maxRunning: number;
  readonly tenants: number;
}

/** What the measurement uses of its stack. */
interface Seen {
  readonly addresses: Addresses;
  /** The file of the tool (`livingScript`). */
  readonly file: string;
  /** The writes of the limit's item so far. */
  readonly writes: readonly ItemWrite[];
  readonly signal: AbortSignal;
}

/** What was measured. */
export interface LimitOutcome {
  readonly tasks: number;
  readonly publishedASecond: number;
  /** From the first message until the last run has ended. */
  readonly endedASecond: number;
  readonly mostAtOnce: number;
  /** From the message until RunTask is called for it. */
  readonly waitMedianSeconds: number;
  readonly wait99thPercentileSeconds: number;
  readonly loadAverage: number;
  readonly item: WriteFigures;
}

/** How many tasks open the limit before the measurement. */
const firstTasks = 2;

/** Of the tasks, so many times the limit come at once at first: then tasks wait, and the limit is what holds them back. */
const crowdOfLimit = 2;

/**
 * Publishes tasks at a steady rate to a tool with a limit, and waits until every run has ended. Throws when the limit was exceeded,
 * and when it was never reached, because then it was not tried.
 */
export const measureLimit = async (seen: Seen, load: LimitLoad): Promise<LimitOutcome> => {
  const { file, writes } = seen;
  const { maxRunning, tenants } = load;
  const tasks = Math.round(load.tasksPerSecond * load.seconds);
  await limitEcho(seen.addresses, maxRunning);
  // The limit opens when a sweep has counted what ran before it, and the functions start their processes.
  await publish(seen, {
    name: 'first',
    tasks: firstTasks,
    atOnce: firstTasks,
    gapMs: 0,
    tenants: 1,
  });
  await untilEnded(seen, { tasks: firstTasks, maxRunning, withinMs: 120_000 });

  const from = Date.now();
  const gapMs = 1_000 / load.tasksPerSecond;
  const atOnce = Math.min(tasks, crowdOfLimit * maxRunning);
  const at = await publish(seen, { name: 'limited', tasks, atOnce, gapMs, tenants });
  const publishedSeconds = (Date.now() - from) / 1_000;
  // Ten times what two free cores need.
  const withinMs = 60_000 + tasks * 1_000;
  await untilEnded(seen, { tasks: tasks + firstTasks, maxRunning, withinMs });
  const until = Date.now();
  const { mostAtOnce } = livingIn(file);
  if (mostAtOnce < maxRunning)
    throw new Error(
      `The limit of ${maxRunning} must be reached, but at most ${mostAtOnce} runs lived at once: use more --seconds or a longer --run-ms.`,
    );
  const waits = await waitsOf(seen.addresses, at);
  return {
    tasks,
    publishedASecond: rounded(tasks / publishedSeconds, 1),
    endedASecond: rounded((tasks * 1_000) / (until - from), 1),
    mostAtOnce,
    waitMedianSeconds: rounded(percentile(waits, 50) / 1_000, 1),
    wait99thPercentileSeconds: rounded(percentile(waits, 99) / 1_000, 1),
    loadAverage: rounded(loadavg()[0] ?? Number.NaN, 1),
    item: figuresOf(writes, { from, until }),
  };
};

/** What a deployment with `maxRunning` in tools.yml does. */
const limitEcho = async (addresses: Addresses, maxRunning: number): Promise<void> => {
  const ssm = new SSMClient(reachOf(addresses));
  const Name = `/davit/${addresses.stage}/tools/echo/spec`;
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
  const Value = JSON.stringify({ ...JSON.parse(Parameter?.Value ?? '{}'), maxRunning });
  await ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
};

interface Messages {
  readonly name: string;
  readonly tasks: number;
  /** So many of them come first, without a gap. */
  readonly atOnce: number;
  readonly gapMs: number;
  readonly tenants: number;
}

/** Publishes at the rate, whatever the single waits take. Answers when each message was published. */
const publish = async (
  { addresses, signal }: Seen,
  { name, tasks, atOnce, gapMs, tenants }: Messages,
): Promise<ReadonlyMap<string, number>> => {
  const connection = await connect(addresses.amqp);
  // The wait for the confirms rejects too.
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  const began = Date.now();
  const published = new Map<string, number>();
  for (let n = 0; n < tasks; n += 1) {
    const late = began + Math.max(0, n - atOnce) * gapMs - Date.now();
    if (late > 0) await wait(late, undefined, { signal });
    // As long as a UUID, so that the item has the size that it has in use.
    const messageId = `${name}-${`${n}`.padStart(35 - name.length, '0')}`;
    const body = { tool: 'echo', input: {}, tenant: `tenant-${n % tenants}` };
    published.set(messageId, Date.now());
    channel.publish('davit', 'davit.tasks', Buffer.from(JSON.stringify(body)), {
      messageId,
      persistent: true,
    });
  }
  await channel.waitForConfirms();
  await connection.close();
  return published;
};

interface Ending {
  readonly tasks: number;
  readonly maxRunning: number;
  readonly withinMs: number;
}

/** Waits until so many runs have ended, by the file of the tool. Throws when more than `maxRunning` lived at once. */
const untilEnded = async (
  { file, signal }: Seen,
  { tasks, maxRunning, withinMs }: Ending,
): Promise<void> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const living = livingIn(file);
    if (living.mostAtOnce > maxRunning)
      throw new Error(
        `At most ${maxRunning} runs may live at once, but the tool's file shows ${living.mostAtOnce}.`,
      );
    if (living.ended >= tasks) return;
    if (performance.now() > end)
      throw new Error(
        `${tasks} runs must end within ${withinMs / 1_000} s, but ${living.ended} have: ` +
          "check the machine's load, or use a lower --tasks-per-second.",
      );
    await wait(500, undefined, { signal });
  }
};

/** How long each task waited until RunTask was called, in ms. The rows only tell which ECS task it was. */
const waitsOf = async (
  addresses: Addresses,
  publishedAt: ReadonlyMap<string, number>,
): Promise<readonly number[]> => {
  const reach = reachOf(addresses);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(reach));
  const arns = new Map<string, number>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName: addresses.table })) {
    for (const { taskId, ecsTaskArn } of Items) {
      const at = publishedAt.get(taskId);
      if (at !== undefined && typeof ecsTaskArn === 'string') arns.set(ecsTaskArn, at);
    }
  }
  const created = await createdAt(new ECSClient(reach), addresses.cluster, [...arns.keys()]);
  const waits = [...arns].flatMap(([arn, at]) => {
    const asked = created.get(arn);
    return asked === undefined ? [] : [asked - at];
  });
  if (waits.length < publishedAt.size)
    throw new Error(
      `ECS must know when each of ${publishedAt.size} tasks was created, but knows it for ${waits.length}.`,
    );
  return waits;
};
