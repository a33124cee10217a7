import { describe, expect, it } from 'vitest';
import type { Item } from '../watchers.ts';
import { deniedRelaunchesOf } from './denied-relaunches.ts';

const row = (phase: string, run: string): Item => ({
  taskId: { S: 'task-1' },
  run: { N: run },
  phase: { S: phase },
});
const order = (run: number) => ({ startedBy: `task-1/${run}` });

/** Of a table that was restored after the first three runs were launched. */
const restoredWith = (item: Item) => {
  const relaunches = deniedRelaunchesOf(() => ({ cloud: { items: () => [item] } }));
  for (const run of [1, 2, 3]) relaunches.launched(order(run));
  relaunches.restored();
  return relaunches;
};

describe('the launches that are denied after the table was restored', () => {
  it('are those of runs that were launched before, and not in the backup', () => {
    const queued = restoredWith(row('QUEUED', '2'));
    for (const run of [1, 2, 3, 4]) queued.denied('RunTask', order(run));
    const found = [1, 2, 3, 4].map((run) => queued.has(`task-1/${run}`));
    expect(found).toEqual([false, true, true, false]);
    const launching = restoredWith(row('LAUNCHING', '2'));
    for (const run of [2, 3]) launching.denied('RunTask', order(run));
    expect([2, 3].map((run) => launching.has(`task-1/${run}`))).toEqual([false, true]);
  });

  it('are not those of a repeated call, nor of another one', () => {
    const relaunches = restoredWith(row('QUEUED', '2'));
    relaunches.launched(order(2));
    relaunches.denied('RunTask', order(2));
    relaunches.denied('StopTask', order(3));
    expect([2, 3].map((run) => relaunches.has(`task-1/${run}`))).toEqual([false, false]);
  });

  it('do not exist where no table was restored', () => {
    const relaunches = deniedRelaunchesOf(() => ({ cloud: { items: () => [row('QUEUED', '1')] } }));
    relaunches.denied('RunTask', order(1));
    expect(relaunches.has('task-1/1')).toBe(false);
  });
});
