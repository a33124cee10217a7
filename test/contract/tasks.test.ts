import { once } from 'node:events';
import type { Server } from 'node:http';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tasksTable } from '../../shared/aws/tasks.ts';
import { due } from '../../shared/core/due.ts';
import { isEnded, type Phase, type Queued, type Task } from '../../shared/core/task.ts';
import { RefusedWrite, UnreadableRow } from '../../shared/core/unreadable.ts';
import type { InPhase, Tasks } from '../../shared/ports.ts';
import { anyTask } from '../kit/arbitrary-task.ts';
import { type ContractEndpoint, openContractEndpoint } from '../kit/endpoint.ts';
import { tableInput } from '../kit/table.ts';
import { memoryTasks } from '../memory/tasks.ts';

interface Opened {
  readonly tasks: Tasks;
  readonly close: () => Promise<void>;
}

interface Table extends Opened {
  readonly config: ContractEndpoint['config'];
  readonly client: DynamoDBClient;
  readonly table: string;
}

let ids = 0;
const newId = () => `w-${++ids}`;
const newTaskId = () => `t-${++ids}`;

const credentials = { accessKeyId: 'contract', secretAccessKey: 'contract' };

const overDynalite = async (): Promise<Table> => {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const config = { endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials };
  const client = new DynamoDBClient(config);
  await client.send(new CreateTableCommand(tableInput('bare')));
  return {
    tasks: tasksTable({ client, table: 'bare', newId }),
    config,
    client,
    table: 'bare',
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const overEndpoint = async (): Promise<Table> => {
  const endpoint: ContractEndpoint = await openContractEndpoint();
  const client = new DynamoDBClient(endpoint.config);
  return {
    tasks: tasksTable({ client, table: endpoint.table, newId }),
    config: endpoint.config,
    client,
    table: endpoint.table,
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
};

const inMemory = async (): Promise<Opened> => ({ tasks: memoryTasks(), close: async () => {} });

const sample = (fits: (task: Task) => boolean, seed = 1): Task => {
  const [task] = fc.sample(anyTask.filter(fits), { numRuns: 1, seed });
  if (!task) throw new Error('No sample of a task');
  return { ...task, taskId: newTaskId(), revision: 1 };
};

const queued = (seed?: number): Queued => {
  const task = sample((one) => one.phase === 'QUEUED', seed);
  if (task.phase !== 'QUEUED') throw new Error('No sample of a QUEUED task');
  return { ...task, outbox: [] };
};

/** A QUEUED row whose doorbell is due at this time, and for which nothing is due earlier. */
const ringingAt = (at: number): Queued => {
  const { hold: _hold, notBefore: _not, rungAt: _rung, deferredUntil: _until, ...task } = queued();
  return { ...task, queuedAt: at, startBy: at + 86_400_000, rings: 0 };
};

describe.each([
  ['memory', inMemory],
  ['dynalite', overDynalite],
  ['the local endpoint', overEndpoint],
] as const)('the task table over %s', (_name, open) => {
  let opened: Opened;
  let tasks: Tasks;
  beforeAll(async () => {
    opened = await open();
    tasks = opened.tasks;
  });
  afterAll(() => opened.close());

  /** All rows of a phase, ten at a time. */
  const inPhase = async (phase: Phase): Promise<readonly InPhase[]> => {
    const rows: InPhase[] = [];
    let after: string | undefined;
    do {
      const page = await tasks.inPhase(phase, { after, limit: 10 });
      expect(page.rows.length).toBeLessThanOrEqual(10);
      rows.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
    expect(new Set(rows.map(({ taskId }) => taskId)).size).toBe(rows.length);
    return rows;
  };

  test('reads back every task that was created, and undefined for an id without a row', async () => {
    for (const given of fc.sample(anyTask, { numRuns: 40, seed: 7 })) {
      const task = { ...given, taskId: newTaskId() };
      expect(await tasks.create(task)).toEqual({ kind: 'saved' });
      expect(await tasks.read(task.taskId)).toEqual(task);
    }
    expect(await tasks.read('unknown')).toBeUndefined();
  });

  test('creates a row once, and shows the second creator the row of the first', async () => {
    const first = queued();
    await tasks.create(first);
    const second = { ...first, digest: 'another' };
    expect(await tasks.create(second)).toEqual({ kind: 'lost', winner: first });
    expect(await tasks.read(first.taskId)).toEqual(first);
  });

  test('saves any step from any task to any other', async () => {
    const samples = fc.sample(fc.tuple(anyTask, anyTask), { numRuns: 40, seed: 11 });
    for (const [one, other] of samples) {
      const was = { ...one, taskId: newTaskId(), revision: 4 };
      const next = { ...other, taskId: was.taskId, revision: 5 };
      await tasks.create(was);
      expect(await tasks.save(next, was)).toEqual({ kind: 'saved' });
      expect(await tasks.read(was.taskId)).toEqual(next);
    }
  });

  test('saves only over the revision that was read, and shows the loser the row of the winner', async () => {
    const was = queued();
    await tasks.create(was);
    const winner = { ...was, revision: 2, rings: 1 };
    const loser = { ...was, revision: 2, rings: 9 };
    const answers = await Promise.all([tasks.save(winner, was), tasks.save(loser, was)]);
    expect(answers.map((one) => one.kind).sort()).toEqual(['lost', 'saved']);
    const stored = await tasks.read(was.taskId);
    expect(answers).toContainEqual({ kind: 'lost', winner: stored });
  });

  test('does not save a row that was deleted', async () => {
    const was = queued();
    expect(await tasks.save({ ...was, revision: 2 }, was)).toEqual({
      kind: 'lost',
      winner: undefined,
    });
    expect(await tasks.read(was.taskId)).toBeUndefined();
  });

  test('lists the rows that are due, oldest first, by kind, up to a number', async () => {
    const start = Date.UTC(2010, 0, 1);
    const rows = [3, 1, 2, 5, 4].map((minute) => ringingAt(start + minute * 60_000));
    for (const row of rows) await tasks.create(row);
    const ids = [...rows].sort((a, b) => a.queuedAt - b.queuedAt).map((row) => row.taskId);
    expect(rows.map((row) => due(row)?.kind)).toEqual(rows.map(() => 'ring'));
    expect(await tasks.due('ring', start + 5 * 60_000, 100)).toEqual(ids);
    expect(await tasks.due('ring', start + 4 * 60_000, 100)).toEqual(ids.slice(0, 4));
    expect(await tasks.due('ring', start + 5 * 60_000, 2)).toEqual(ids.slice(0, 2));
    expect(await tasks.due('ring', start + 5 * 60_000, Number.POSITIVE_INFINITY)).toEqual(ids);
    expect(await tasks.due('ring', start, 100)).toEqual([]);
    expect(await tasks.due('act', start + 5 * 60_000, 100)).toEqual([]);
  });

  test('lists due outboxes separately from the rows’ own times, and stops separately from both', async () => {
    const at = Date.UTC(2012, 0, 1);
    const bell = (taskId: string) => ({
      kind: 'doorbell' as const,
      id: `${taskId}/1/doorbell`,
      run: 1,
    });
    const stop = (taskId: string) => ({
      kind: 'stop' as const,
      id: `${taskId}/1/stop.a`,
      run: 1,
      ecsTaskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/davit-test/a',
      why: 'a ghost',
    });
    const [ringing, ghost] = [ringingAt(at), ringingAt(at)];
    const sending = { ...ringing, outbox: [bell(ringing.taskId)], outboxSince: at };
    const urgent = {
      ...ghost,
      outbox: [bell(ghost.taskId), stop(ghost.taskId)],
      outboxSince: at,
    };
    for (const row of [sending, urgent]) await tasks.create(row);
    expect(await tasks.due('effect', at + 60_000, 100)).toEqual([sending.taskId]);
    expect(await tasks.due('stop', at + 10_000, 100)).toEqual([urgent.taskId]);
    expect(await tasks.due('stop', at + 9_999, 100)).toEqual([]);
    const own = await tasks.due('ring', at, 100);
    expect(own).toEqual(expect.arrayContaining([sending.taskId, urgent.taskId]));
    await tasks.save({ ...urgent, revision: 2, outbox: [] }, urgent);
    expect(await tasks.due('stop', at + 60_000, 100)).toEqual([]);
  });

  test('no longer lists a row that a write has made due later', async () => {
    const at = Date.UTC(2011, 0, 1);
    const was = ringingAt(at);
    await tasks.create(was);
    expect(await tasks.due('ring', at, 100)).toContain(was.taskId);
    await tasks.save({ ...was, revision: 2, queuedAt: at + 1 }, was);
    expect(await tasks.due('ring', at, 100)).not.toContain(was.taskId);
    expect(await tasks.due('ring', at + 1, 100)).toContain(was.taskId);
  });

  test('lists rows with whether their run was missing at the last check', async () => {
    const running = sample((task) => task.phase === 'RUNNING' && task.missingSince === undefined);
    const missed = { ...running, taskId: newTaskId(), missingSince: running.updatedAt };
    const found = { ...running, taskId: newTaskId() };
    for (const task of [missed, found]) await tasks.create(task);
    const rows = new Map((await inPhase('RUNNING')).map((row) => [row.taskId, row]));
    expect(rows.get(missed.taskId)).toMatchObject({ isMissed: true });
    expect(rows.get(found.taskId)).not.toHaveProperty('isMissed');
  });

  test('lists the rows of a phase with their run and ECS task, over more than one page', async () => {
    // A page ends at 1 MB of the attributes in the index. They include the reason, but not the payload.
    const failed = sample((task) => task.phase === 'FAILED' && 'ecsTaskArn' in task);
    const bulky = { ...failed, reason: 'x'.repeat(100_000) };
    const ids: string[] = [];
    for (let at = 0; at < 25; at++) {
      const task = { ...bulky, taskId: newTaskId(), run: at + 1 };
      expect(await tasks.create(task)).toEqual({ kind: 'saved' });
      ids.push(task.taskId);
    }
    const found = await inPhase('FAILED');
    const mine = found.filter((one) => ids.includes(one.taskId));
    expect(mine.map((one) => one.taskId).sort()).toEqual([...ids].sort());
    const arn = 'ecsTaskArn' in failed ? failed.ecsTaskArn : '';
    expect(mine).toContainEqual({ taskId: ids[0], run: 1, tool: failed.tool, ecsTaskArn: arn });
    expect(await inPhase('LAUNCHING')).not.toContainEqual(
      expect.objectContaining({ taskId: ids[0] }),
    );
  });

  test('returns the reason why it cannot store a row', async () => {
    const large = new Uint8Array(500_000);
    const created = await tasks.create({ ...queued(), payload: large });
    expect(created).toEqual({ kind: 'invalid', why: expect.stringMatching(/^Item size has/) });
    const was = queued();
    await tasks.create(was);
    const saved = await tasks.save({ ...was, revision: 2, payload: large }, was);
    expect(saved).toEqual({ kind: 'invalid', why: expect.stringMatching(/^Item size to update/) });
    expect(await tasks.read(was.taskId)).toEqual(was);
    const unnamed = await tasks.create({ ...queued(), taskId: '' });
    expect(unnamed).toEqual({ kind: 'invalid', why: expect.stringMatching(/empty string value/) });
  });

  test('does not mistake the same write of another function for its own', async () => {
    const was = queued();
    await tasks.create(was);
    const next = { ...was, revision: 2 };
    expect(await tasks.save(next, was)).toEqual({ kind: 'saved' });
    expect(await tasks.save(next, was)).toEqual({ kind: 'lost', winner: next });
  });
});

describe.each([
  ['dynalite', overDynalite],
  ['the local endpoint', overEndpoint],
] as const)('the items of the task table over %s', (_name, open) => {
  let opened: Table;
  let tasks: Tasks;
  beforeAll(async () => {
    opened = await open();
    tasks = opened.tasks;
  });
  afterAll(() => opened.close());

  test('keeps attributes that a newer Davit has written', async () => {
    const { client, table } = opened;
    const was = queued();
    await tasks.create(was);
    const key = { taskId: { S: was.taskId } };
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: key,
        UpdateExpression: 'SET canary = :c',
        ExpressionAttributeValues: { ':c': { S: 'from the future' } },
      }),
    );
    const counted: [string, number | undefined][] = [];
    const meter = (name: string, amount?: number) => void counted.push([name, amount]);
    const again = tasksTable({ client, table, newId, meter });
    expect(await again.read(was.taskId)).toEqual(was);
    expect(counted).toEqual([['FieldsUnknown', 1]]);
    await again.save({ ...was, revision: 2 }, was);
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
    expect(Item?.canary).toEqual({ S: 'from the future' });
  });

  test.each([
    ['a number that JavaScript does not have', 'revision', { N: '12345678901234567890.5' }],
    ['an invalid time', 'updatedAt', { S: '2026-01-01T00:00:00+01' }],
  ])('reports that it cannot read a row with %s', async (_what, name, value) => {
    const { client, table } = opened;
    const was = queued();
    const { taskId, digest } = was;
    await tasks.create(was);
    await setIn(client, { table, taskId, name, value });
    await expect(tasks.read(taskId)).rejects.toThrow(UnreadableRow);
    // The error still names the row.
    await expect(tasks.create(was)).rejects.toMatchObject({ name: 'UnreadableRow', digest });
  });

  test('reads a row of a newer Davit, whatever numbers it contains', async () => {
    const { client, table } = opened;
    const was = queued();
    await tasks.create(was);
    const value = { N: '12345678901234567890.5' };
    await setIn(client, { table, taskId: was.taskId, name: 'canary', value });
    expect(await tasks.read(was.taskId)).toEqual(was);
  });

  test('knows its own write when the answer was lost and the SDK sends it again', async () => {
    const { table } = opened;
    const losing = losingAnswers(opened.config);
    const over = tasksTable({ client: losing.client, table, newId });
    const was = queued();
    losing.next();
    expect(await over.create(was)).toEqual({ kind: 'saved' });
    const next = { ...was, revision: 2, rings: 3 };
    losing.next();
    expect(await over.save(next, was)).toEqual({ kind: 'saved' });
    expect(losing.lost()).toBe(2);
    expect(await over.read(was.taskId)).toEqual(next);
    losing.client.destroy();
  });

  test('throws, naming table and cause, when it cannot be reached', async () => {
    const { client } = opened;
    const nowhere = tasksTable({ client, table: 'nowhere', newId });
    await expect(nowhere.read('t')).rejects.toThrow(/Row t could not be read from table nowhere: /);
    await expect(nowhere.create(queued())).rejects.toThrow(/could not be written to table nowhere/);
    await expect(nowhere.due('act', 0, 1)).rejects.toThrow(/Index due of table nowhere/);
    await expect(nowhere.due('stop', 0, 1)).rejects.toThrow(/Index outbox of table nowhere/);
    await expect(nowhere.inPhase('QUEUED', { limit: 1 })).rejects.toMatchObject({
      cause: expect.any(Error),
    });
  });

  test('throws, counts and logs a write that is refused for a reason that no message can cause', async () => {
    const { table } = opened;
    const counted: string[] = [];
    const logged: string[] = [];
    const over = tasksTable({
      client: mistyped(opened.config),
      table,
      newId,
      meter: (name) => void counted.push(name),
      log: (_level, what) => void logged.push(what),
    });
    const was = queued();
    await expect(over.create(was)).rejects.toBeInstanceOf(RefusedWrite);
    await expect(over.create(was)).rejects.toThrow(
      new RegExp(`Table ${table} refused row ${was.taskId}: .*[Mm]issing the key taskId`),
    );
    expect(await tasks.read(was.taskId)).toBeUndefined();
    await tasks.create(was);
    await expect(over.save({ ...was, revision: 2 }, was)).rejects.toThrow(/does not match/);
    expect(counted).toEqual(['WritesRefused', 'WritesRefused', 'WritesRefused']);
    expect(logged).toEqual(['row.refused', 'row.refused', 'row.refused']);
  });

  test('lets a row expire only when it has ended', async () => {
    const { client, table } = opened;
    const was = sample((task) => isEnded(task) && task.outbox.length > 0);
    const expiry = async () => {
      const key = { taskId: { S: was.taskId } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
      return Item?.expiresAt?.N;
    };
    await tasks.create(was);
    expect(await expiry()).toBeUndefined();
    await tasks.save({ ...was, revision: 2, outbox: [] }, was);
    expect(Number(await expiry())).toBeGreaterThan(0);
  });
});

const setIn = async (
  client: DynamoDBClient,
  {
    table,
    taskId,
    name,
    value,
  }: {
    readonly table: string;
    readonly taskId: string;
    readonly name: string;
    readonly value: AttributeValue;
  },
): Promise<void> => {
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { taskId: { S: taskId } },
      UpdateExpression: `SET ${name} = :v`,
      ExpressionAttributeValues: { ':v': value },
    }),
  );
};

/** A client that uses another name for the key than the table has, as after a deployment that does not match the code. */
const mistyped = (config: Table['config']): DynamoDBClient => {
  const client = new DynamoDBClient(config);
  client.middlewareStack.add(
    (next) => async (given) => {
      const { input } = given;
      if ('Item' in input && input.Item) input.Item = renamed(input.Item);
      if ('Key' in input && input.Key) input.Key = renamed(input.Key);
      return next(given);
    },
    { step: 'initialize', name: 'mistype' },
  );
  return client;
};

const renamed = ({ taskId, ...rest }: Record<string, AttributeValue>) => ({
  ...rest,
  ...(taskId ? { id: taskId } : {}),
});

/** A client of that table whose next answer can be made to get lost after the write. */
const losingAnswers = (config: Table['config']) => {
  const client = new DynamoDBClient(config);
  let armed = false;
  let lost = 0;
  client.middlewareStack.add(
    (send) => async (given) => {
      const answer = await send(given);
      if (!armed) return answer;
      armed = false;
      lost += 1;
      // The error of Node's HTTP client when a connection breaks during a request: the SDK tries again.
      throw Object.assign(new Error('socket hang up'), {
        name: 'TimeoutError',
        code: 'ECONNRESET',
      });
    },
    { step: 'finalizeRequest', name: 'loseAnswer', priority: 'low' },
  );
  return {
    client,
    next: () => {
      armed = true;
    },
    lost: () => lost,
  };
};
