import { describe, expect, test } from 'vitest';
import { readGroup } from '../../shared/aws/read-group.ts';
import type { Listed } from '../../shared/wire/listed.ts';

const row = (taskId: string, phase: Listed['phase'], updatedAt: number): Listed => ({
  taskId,
  phase,
  updatedAt,
  createdAt: 0,
  tenant: 'default',
  run: 1,
  attempts: 0,
  tool: 'echo',
});

/** Rows whose id begins with the name of their group. */
const tableOf = (rows: readonly Listed[]) => {
  const asked: number[] = [];
  return {
    asked,
    list: async ({
      phase,
      tool,
      limit,
    }: {
      readonly phase: string;
      readonly tool?: string;
      readonly limit: number;
    }) =>
      rows
        .filter((one) => one.phase === phase && (tool === undefined || one.tool === tool))
        .slice(0, limit),
    attributes: async (taskIds: readonly string[]) => {
      asked.push(taskIds.length);
      return taskIds.map((taskId) => ({ taskId, groupName: taskId.split('-')[0] }));
    },
  };
};

const many = Array.from({ length: 250 }, (_, n) =>
  row(`${n % 2 === 0 ? 'night' : 'day'}-${n}`, 'QUEUED', n),
);

describe('the rows of a group', () => {
  test('are found among all that have not ended, a hundred in a call', async () => {
    const table = tableOf(many);
    const { rows, isCut } = await readGroup(table, { group: 'night' });
    expect(rows).toHaveLength(125);
    expect(rows[0]?.taskId).toBe('night-248');
    expect(isCut).toBe(false);
    expect(table.asked.toSorted()).toEqual([100, 100, 50]);
  });

  test('are those that ended last, too, where that is asked for', async () => {
    const ended = [
      row('night-a', 'FAILED', 9),
      row('day-b', 'FAILED', 8),
      row('night-c', 'FAILED', 7),
    ];
    const table = tableOf([...ended, row('night-d', 'QUEUED', 1)]);
    const ids = async (mostEnded?: number) => {
      const found = await readGroup(table, { group: 'night', ...(mostEnded ? { mostEnded } : {}) });
      return [found.rows.map(({ taskId }) => taskId), found.isCut];
    };
    expect(await ids()).toEqual([['night-d'], false]);
    expect(await ids(2)).toEqual([['night-a', 'night-d'], true]);
    expect(await ids(3)).toEqual([['night-a', 'night-c', 'night-d'], false]);
  });
});
