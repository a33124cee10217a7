import { expect } from 'vitest';
import { type Row, startsIn, type TestStack, tallyOf } from './local-stack.ts';
import { containersIn } from './process-identity.ts';

/**
 * Fails unless each of these tasks of `echo` succeeded in its first run, its tool was started exactly once, no row is due and no
 * container is left. `rows` are those that have ended; what was started is read from the file to which the tool appends.
 */
export const expectOnceEach = async (
  { rows: table, dir, tallyFile }: TestStack,
  ids: readonly string[],
  rows: readonly Row[],
): Promise<void> => {
  expect(rows.map(({ taskId }) => taskId).toSorted()).toEqual(ids.toSorted());
  const others = rows.filter(
    ({ phase, run, attempts }) => phase !== 'SUCCEEDED' || run !== 1 || attempts !== 1,
  );
  expect(others).toEqual([]);
  expect(tallyOf(tallyFile)).toHaveLength(ids.length);
  expect(new Map([...startsIn(tallyFile)].toSorted())).toEqual(
    new Map(ids.toSorted().map((id) => [id, 1])),
  );
  expect(await table.due()).toBe(0);
  expect(containersIn(dir)).toEqual([]);
};
