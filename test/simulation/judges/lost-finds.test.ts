import { describe, expect, it } from 'vitest';
import type { Item } from '../watchers.ts';
import { lostFindsOf } from './lost-finds.ts';

const row = (taskId: string, run: string, missingSince?: string): Item => ({
  taskId: { S: taskId },
  run: { N: run },
  phase: { S: 'RUNNING' },
  ...(missingSince ? { missingSince: { S: missingSince } } : {}),
});

const restoredWith = (...items: readonly Item[]) => {
  const lostFinds = lostFindsOf(() => ({ cloud: { items: () => items } }));
  lostFinds.restored();
  return lostFinds;
};

describe('the finds that a restored table has lost', () => {
  it('are those of runs that the backup calls missed', () => {
    const lostFinds = restoredWith(
      row('task-1', '2', '2026-11-24T14:54:09.866Z'),
      row('task-2', '1'),
    );
    expect([
      lostFinds.has('task-1/2'),
      lostFinds.has('task-1/1'),
      lostFinds.has('task-2/1'),
    ]).toEqual([true, false, false]);
  });

  it('are no longer lost when ECS has found the run again', () => {
    const missed = row('task-1', '2', '2026-11-24T14:54:09.866Z');
    const lostFinds = restoredWith(missed);
    lostFinds.written(missed, row('task-1', '2'), 'sweep-1');
    expect(lostFinds.has('task-1/2')).toBe(false);
  });

  it('stay lost when the row goes on to the next run', () => {
    const missed = row('task-1', '2', '2026-11-24T14:54:09.866Z');
    const lostFinds = restoredWith(missed);
    lostFinds.written(missed, { ...row('task-1', '3'), phase: { S: 'QUEUED' } }, 'sweep-1');
    expect(lostFinds.has('task-1/2')).toBe(true);
  });
});
