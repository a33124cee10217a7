import { describe, expect, it } from 'vitest';
import { type Limit, newLimit, type ToolQueue } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { holdAt, stageLimit } from '../../shared/core/limit-name.ts';
import { readUpTo } from '../../shared/core/limit-queues.ts';
import { indexedWaiters, waitingOnce } from '../../shared/flows/indexed-waiters.ts';
import type { Limits } from '../../shared/ports/limits.ts';
import { sha256, start } from '../kit/facts.ts';

/** An index with one task of each of these tenants in each tool, in the order of their names, and what it was asked. */
const indexOf = (tenantsOf: ReadonlyMap<string, readonly string[]>) => {
  const asked: string[] = [];
  const waiting: Limits['waiting'] = async (name, { after }) => {
    asked.push(name);
    const tenant = tenantsOf.get(name)?.find((one) => after === undefined || one > after);
    const taskId = `${name}/${tenant}`;
    return tenant === undefined ? undefined : { tenant, tasks: [{ taskId, since: start }] };
  };
  return { asked, ports: { waiting, sha256 } };
};

const namesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `t${String(n).padStart(3, '0')}`);

/** The limit of a stage where tasks of each of these tools wait. */
const stageOf = (tools: readonly string[], terms: Partial<ToolQueue> = {}): Limit => ({
  ...newLimit(stageLimit, { maxRunning: 400, tools: [] }, start),
  tools: tools.map((tool) => ({ tool, waitsSince: start, ...terms })),
  checkedAt: start,
});
const toolNames = (count: number): readonly string[] =>
  namesOf(count).map((name) => `tool-${name}`);

it.each([3, 20, 60, 100])(
  'asks at most 200 questions for %i tools, and comes to every tenant of each',
  async (count) => {
    const tools = toolNames(count);
    const tenants = namesOf(30);
    const { asked, ports } = indexOf(
      new Map(tools.map((tool) => [holdAt(stageLimit, tool), tenants])),
    );
    const seen = new Set<string>();
    let limit = stageOf(tools);
    for (let handOuts = 0; handOuts < tenants.length; handOuts += 1) {
      asked.length = 0;
      const read = await indexedWaiters(ports, limit);
      expect(asked.length).toBeLessThanOrEqual(200);
      for (const { waiters } of read) for (const { taskId } of waiters) seen.add(taskId);
      expect(read.filter(({ isEmpty }) => isEmpty)).toEqual([]);
      limit = read.reduce((each, one) => readUpTo(each, one.tool, one.readUpTo), limit);
    }
    expect(seen.size).toBe(tools.length * tenants.length);
  },
);

it('leaves the questions that some tools do not need to a tool whose first tenants have all their places', async () => {
  const tools = toolNames(20);
  const [busy = ''] = tools;
  const tenants = namesOf(100);
  const { asked, ports } = indexOf(new Map([[holdAt(stageLimit, busy), tenants]]));
  const placed = tenants
    .slice(0, 90)
    .map((tenant) => runAtLimit({ taskId: tenant, run: 1, tenant, tool: busy }, sha256));
  const [read, ...others] = await indexedWaiters(ports, {
    ...stageOf(tools, { maxPerTenant: 1 }),
    placed,
  });
  expect(read?.waiters).toHaveLength(8);
  expect(others.every(({ isEmpty }) => isEmpty)).toBe(true);
  expect(asked.length).toBe(19 + 98);
});

it('sees with the questions that each of very many tools has that no task waits, wherever it begins', async () => {
  const tools = toolNames(150);
  const { asked, ports } = indexOf(new Map());
  const read = await indexedWaiters(ports, stageOf(tools, { readUpTo: 't015' }));
  expect(read.map(({ tool, isEmpty }) => (isEmpty ? tool : ''))).toEqual(tools);
  expect(read.every((one) => one.readUpTo === undefined)).toBe(true);
  expect(asked.length).toBe(300);
});

describe('after a lost race', () => {
  /** The answers to the same question, when so many tasks wait: first for 40 of them, then for as many as the second says. */
  const answers = async (waiting: number, most: number) => {
    const asked: number[] = [];
    const once = waitingOnce({
      waiting: async (_name, options) => {
        asked.push(options.most);
        const tasks = Array.from({ length: Math.min(waiting, options.most) }, (_, n) => ({
          taskId: `task-${n}`,
          since: start,
        }));
        return tasks.length === 0 ? undefined : { tenant: 'acme', tasks };
      },
    });
    await once('limit/echo', { most: 40 });
    const page = await once('limit/echo', { most });
    await once('limit/echo', { most });
    return { asked, found: page?.tasks.length };
  };

  it.each([
    ['is asked again when many more places are free', 500, 100, [40, 100], 100],
    ['is not asked again for as many', 500, 40, [40], 40],
    ['is not asked again for fewer', 500, 20, [40], 40],
    ['is not asked again for a few more, which the spare tasks are for', 500, 55, [40], 40],
    ['is not asked again when it has shown all that wait', 39, 100, [40], 39],
    ['is not asked again when none waits', 0, 100, [40], undefined],
  ])('the index %s', async (_what, waiting, most, asked, found) => {
    expect(await answers(waiting, most)).toEqual({ asked, found });
  });
});
