import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gateItems } from '../../shared/aws/gate-items.ts';
import { tasksTable } from '../../shared/aws/tasks.ts';
import type { Queued } from '../../shared/core/task.ts';
import type { Gates, Tasks } from '../../shared/ports.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { minute, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { asQueued } from '../kit/step-helpers.ts';
import { memoryTasks } from '../memory/tasks.ts';

interface Opened {
  readonly gates: Gates;
  readonly tasks: Tasks;
  readonly close: () => Promise<void>;
}

let now = start;
const clock = () => now;

const inMemory = async (): Promise<Opened> => {
  const tasks = memoryTasks();
  const { client, table } = tasks;
  return { gates: gateItems({ client, table, now: clock }), tasks, close: async () => {} };
};

const overEndpoint = async (): Promise<Opened> => {
  const { config, table, close } = await openContractEndpoint();
  const client = new DynamoDBClient(config);
  let writes = 0;
  const newId = () => {
    writes += 1;
    return `w-${writes}`;
  };
  return {
    gates: gateItems({ client, table, now: clock }),
    tasks: tasksTable({ client, table, newId }),
    close: async () => {
      client.destroy();
      await close();
    },
  };
};

const waits = asQueued(samples['QUEUED, held by a gate']);
const waiter = (taskId: string, by: string, over: Partial<Queued>): Queued => ({
  ...waits,
  taskId,
  hold: { by, why: 'it is closed', since: start },
  ...over,
});
const names = (found: readonly { readonly by: string }[]) => found.map(({ by }) => by);

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('gates over %s', (_name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    now = start;
    opened = await open();
  });
  afterAll(() => opened.close());

  test('are looked at in turn, from the first touch until they are retired', async () => {
    const { gates } = opened;
    expect(await gates.due(10)).toEqual([]);
    await gates.touch('tool/a');
    now += 1_000;
    await gates.touch('tool/b');
    expect(names(await gates.due(10))).toEqual(['tool/a', 'tool/b']);
    const [a] = await gates.due(1);
    if (!a) throw new Error('no gate');
    now += 1_000;
    await gates.looked(a, 'tenant-1');
    expect(await gates.due(10)).toMatchObject([
      { by: 'tool/b' },
      { by: 'tool/a', afterTenant: 'tenant-1', touchedAt: start },
    ]);
    await gates.retire(a);
    expect(names(await gates.due(10))).toEqual(['tool/b']);
    await gates.looked(a, undefined);
    expect(names(await gates.due(10))).toEqual(['tool/b']);
    await gates.touch('tool/a', true);
    expect(names(await gates.due(10))).toEqual(['tool/b', 'tool/a']);
  });

  test('are read by their names, as long as the sweep has to look at them', async () => {
    const { gates } = opened;
    await gates.touch('live/named', true);
    await gates.touch('tool/named', true);
    const wanted = ['tool/named', 'reach/named', 'live/named'];
    const found = await gates.named(wanted);
    expect(names(found)).toEqual(['tool/named', 'live/named']);
    const [first] = found;
    if (!first) throw new Error('no gate');
    await gates.retire(first);
    expect(names(await gates.named(wanted))).toEqual(['live/named']);
    for (const gate of await gates.named(wanted)) await gates.retire(gate);
    expect(await gates.named(wanted)).toEqual([]);
  });

  test('are not retired when they were touched after they were read', async () => {
    const { gates } = opened;
    await gates.touch('tool/c', true);
    const found = (await gates.due(10)).find(({ by }) => by === 'tool/c');
    if (!found) throw new Error('no gate');
    now += minute;
    await gates.touch('tool/c');
    await gates.retire(found);
    expect(names(await gates.due(10))).toContain('tool/c');
  });

  test('know their rows: tenants in turn, oldest first, priority counted as age', async () => {
    const { gates, tasks } = opened;
    const by = 'live/echo';
    const rows = [
      waiter('a-1', by, { tenant: 'a', queuedAt: start }),
      waiter('a-2', by, { tenant: 'a', queuedAt: start + minute }),
      waiter('a-urgent', by, { tenant: 'a', queuedAt: start + 5 * minute, priority: 1 }),
      waiter('a-b-1', by, { tenant: 'a-b', queuedAt: start }),
      waiter('z-1', by, { tenant: 'z', queuedAt: start + minute }),
      waiter('other', 'live/other', { tenant: 'a', queuedAt: start }),
      waiter('rung', by, { tenant: 'a', queuedAt: start, rungAt: start }),
      waiter('timed', by, {
        tenant: 'a',
        hold: { by, why: 'its own', since: start, opensAt: start + minute },
      }),
    ];
    for (const row of rows) await tasks.create({ ...row, outbox: [] });
    const gate = { by, touchedAt: start };
    expect(await gates.waiters(gate, 10)).toEqual({
      taskIds: ['a-urgent', 'a-b-1', 'z-1', 'a-1', 'a-2'],
    });
    const two = await gates.waiters(gate, 2);
    expect(two).toEqual({ taskIds: ['a-urgent', 'a-b-1'], afterTenant: 'a-b' });
    const next = await gates.waiters({ ...gate, afterTenant: 'a-b' }, 2);
    expect(next).toEqual({ taskIds: ['z-1'] });
    const again = await gates.waiters({ ...gate, afterTenant: 'z' }, 1);
    expect(again).toEqual({ taskIds: ['a-urgent'], afterTenant: 'a' });
  });
});
