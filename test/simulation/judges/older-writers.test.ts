import { describe, expect, it } from 'vitest';
import { olderWritersOf } from './older-writers.ts';

const invocation = (environment: string) => ({ environment, event: {}, startedAt: 0 });
const end = (environment: string) => ({
  ...invocation(environment),
  value: undefined,
  error: undefined,
});

const item = (taskId: string, revision: number) => ({
  taskId: { S: taskId },
  revision: { N: `${revision}` },
});

/** The writers of a table that was restored while these were at work. task-1 had revision 4 before. */
const restoredWhile = (...names: readonly string[]) => {
  const writers = olderWritersOf();
  for (const name of names) writers.invoked('dispatch', invocation(name));
  writers.written(item('task-1', 3), item('task-1', 4), 'settle-1');
  writers.restored();
  return writers;
};

const row = { taskId: 'task-1', revision: 5 };

describe('the writers that are older than a restored table', () => {
  it('are those that were at work when it was restored, until their next invocation', () => {
    const writers = olderWritersOf();
    const names = ['dispatch-1', 'dispatch-2', 'dispatch-3'];
    for (const name of names) writers.invoked('dispatch', invocation(name));
    writers.written(undefined, item('task-1', 4), 'dispatch-1');
    writers.ended('dispatch', 'returned', end('dispatch-2'));
    const found = () => names.map((name) => writers.has(name, row));
    expect(found()).toEqual([false, false, false]);
    writers.restored();
    expect(found()).toEqual([true, false, true]);
    writers.ended('dispatch', 'returned', end('dispatch-1'));
    writers.invoked('dispatch', invocation('dispatch-1'));
    expect(found()).toEqual([false, false, true]);
  });

  it('know a row with a higher revision than it had before', () => {
    const writers = restoredWhile('dispatch-1');
    writers.written(item('task-1', 5), item('task-1', 6), 'settle-1');
    const revisions = [4, 5, 6].map((revision) => ({ ...row, revision }));
    expect(revisions.map((one) => writers.has('dispatch-1', one))).toEqual([true, true, false]);
    expect(writers.has('dispatch-1', { taskId: 'new', revision: 2 })).toBe(false);
  });

  it('have made a row that was not in the backup until somebody else writes it', () => {
    const writers = restoredWhile('dispatch-1');
    writers.written(undefined, item('new', 1), 'dispatch-1');
    writers.written(undefined, item('other', 1), 'dispatch-2');
    writers.written(item('new', 1), item('new', 2), 'dispatch-1');
    expect(['new', 'other', 'task-1'].map(writers.haveMade)).toEqual([true, false, false]);
    writers.written(item('new', 2), item('new', 3), 'sweep-1');
    expect(writers.haveMade('new')).toBe(false);
  });

  it('have changed a row of the backup until somebody else writes it', () => {
    const writers = restoredWhile('dispatch-1');
    const found = () => ['task-1', 'task-2', 'new'].map(writers.haveChanged);
    writers.written(item('task-1', 3), item('task-1', 4), 'dispatch-1');
    writers.written(undefined, item('new', 1), 'dispatch-1');
    writers.written(item('task-2', 1), item('task-2', 2), 'dispatch-2');
    expect(found()).toEqual([true, false, false]);
    // The writer goes on, with higher revisions than the row had before.
    for (const revision of [5, 6, 7])
      writers.written(item('task-1', revision - 1), item('task-1', revision), 'dispatch-1');
    expect(found()).toEqual([true, false, false]);
    writers.written(item('task-1', 7), item('task-1', 8), 'dispatch-2');
    expect(found()).toEqual([false, false, false]);
  });
});
