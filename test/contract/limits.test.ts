import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitItems } from '../../shared/aws/limit-items.ts';
import { tasksTable } from '../../shared/aws/tasks.ts';
import { type Limit, newLimit } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { confirm, reserve } from '../../shared/core/limit-places.ts';
import { marked } from '../../shared/core/limit-queues.ts';
import type { Queued } from '../../shared/core/task.ts';
import type { Limits } from '../../shared/ports/limits.ts';
import type { Tasks } from '../../shared/ports.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { minute, sha256, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { asQueued } from '../kit/step-helpers.ts';
import { memoryTasks } from '../memory/tasks.ts';

interface Opened {
  readonly limits: Limits;
  readonly tasks: Tasks;
  readonly close: () => Promise<void>;
}

let writes = 0;
const newId = () => {
  writes += 1;
  return `w-${writes}`;
};

const inMemory = async (): Promise<Opened> => {
  const tasks = memoryTasks();
  const { client, table } = tasks;
  return { limits: limitItems({ client, table, newId }), tasks, close: async () => {} };
};

const overEndpoint = async (): Promise<Opened> => {
  const { config, table, close } = await openContractEndpoint();
  const client = new DynamoDBClient(config);
  return {
    limits: limitItems({ client, table, newId }),
    tasks: tasksTable({ client, table, newId }),
    close: async () => {
      client.destroy();
      await close();
    },
  };
};

const run = (taskId: string) =>
  runAtLimit({ taskId, run: 1, tenant: 'acme', tool: 'read' }, sha256);
const next = (limit: Limit): Limit => ({ ...limit, revision: limit.revision + 1 });
const waits = asQueued(samples['QUEUED, held by a gate']);
const waiter = (taskId: string, by: string, over: Partial<Queued>): Queued => ({
  ...waits,
  taskId,
  hold: { by, why: 'it is full', since: start },
  priority: 0,
  ...over,
});

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('limits over %s', (_name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => opened.close());

  const saved = async (limit: Limit): Promise<Limit> => {
    const after = next(limit);
    expect(await opened.limits.save(after, limit)).toBe(true);
    return after;
  };

  test('an item is read as it was written, and loses what the next write does not have', async () => {
    const { limits } = opened;
    const fresh = newLimit('limit/read', { maxRunning: 2, maxPerTenant: 1 }, start);
    expect(await limits.read('limit/read')).toBeUndefined();
    const first = await saved(
      marked(
        confirm(reserve({ ...fresh, checkedAt: start }, run('a'), start), run('a')),
        'read',
        start,
      ),
    );
    expect(await limits.read('limit/read')).toEqual(first);
    const { waitsSince: _mark, maxPerTenant: _most, ...less } = first;
    const second = await saved(less);
    expect(await limits.read('limit/read')).toEqual(second);
  });

  test('of two writers one wins, also for a new item', async () => {
    const { limits } = opened;
    const fresh = newLimit('limit/raced', { maxRunning: 2 }, start);
    const first = await saved(fresh);
    expect(await limits.save(next(fresh), fresh)).toBe(false);
    await saved(reserve(first, run('a'), start));
    expect(await limits.save(reserve(next(first), run('b'), start), first)).toBe(false);
    expect((await limits.read('limit/raced'))?.named.map(({ taskId }) => taskId)).toEqual(['a']);
  });

  test('is removed only at the revision that was read, and listed until then', async () => {
    const { limits } = opened;
    const first = await saved(newLimit('limit/gone', { maxRunning: 2 }, start));
    const second = await saved(first);
    expect(await limits.remove(first)).toBe(false);
    await expect.poll(() => limits.names()).toContain('limit/gone');
    expect(await limits.remove(second)).toBe(true);
    expect(await limits.read('limit/gone')).toBeUndefined();
    await expect.poll(() => limits.names()).not.toContain('limit/gone');
  });

  test('those who wait come tenant by tenant, the oldest first, priority counted as age', async () => {
    const { limits, tasks } = opened;
    const by = 'limit/waits';
    for (const row of [
      waiter('w-1', by, { tenant: 'acme', queuedAt: start + minute }),
      waiter('w-2', by, { tenant: 'acme', queuedAt: start }),
      waiter('w-3', by, { tenant: 'acme', queuedAt: start + 5 * minute, priority: 1 }),
      waiter('w-4', by, { tenant: 'acme-2', queuedAt: start }),
      waiter('w-5', 'limit/others', { tenant: 'acme', queuedAt: start }),
    ])
      await tasks.create(row);
    const page = (after: string | undefined, most: number) => limits.waiting(by, { after, most });
    await expect
      .poll(async () => (await page(undefined, 10))?.tasks.map(({ taskId }) => taskId))
      .toEqual(['w-3', 'w-2', 'w-1']);
    expect(await page(undefined, 1)).toEqual({
      tenant: 'acme',
      tasks: [{ taskId: 'w-3', tenant: 'acme', since: start - 5 * minute }],
    });
    expect((await page('acme', 10))?.tasks.map(({ taskId }) => taskId)).toEqual(['w-4']);
    expect(await page('acme-2', 10)).toBeUndefined();
  });
});
