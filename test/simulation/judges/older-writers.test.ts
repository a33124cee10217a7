import { describe, expect, it } from 'vitest';
import { olderWritersOf } from './older-writers.ts';

const invocation = (environment: string) => ({ environment, event: {}, startedAt: 0 });
const end = (environment: string) => ({
  ...invocation(environment),
  value: undefined,
  error: undefined,
});

describe('the writers that are older than a restored table', () => {
  it('are those that were at work when it was restored, until their next invocation', () => {
    const writers = olderWritersOf();
    for (const name of ['dispatch-1', 'dispatch-2', 'dispatch-3'])
      writers.invoked('dispatch', invocation(name));
    writers.ended('dispatch', 'returned', end('dispatch-2'));
    const found = () => ['dispatch-1', 'dispatch-2', 'dispatch-3'].map(writers.has);
    expect(found()).toEqual([false, false, false]);
    writers.restored();
    expect(found()).toEqual([true, false, true]);
    const row = { taskId: { S: 'task-1' } };
    for (const name of ['dispatch-1', 'dispatch-2'])
      writers.written(row, { taskId: { S: `of ${name}` } }, name);
    writers.written(undefined, { taskId: { S: 'new' } }, 'dispatch-1');
    expect(['of dispatch-1', 'of dispatch-2', 'new'].map(writers.haveChanged)).toEqual([
      true,
      false,
      false,
    ]);
    writers.ended('dispatch', 'returned', end('dispatch-1'));
    writers.invoked('dispatch', invocation('dispatch-1'));
    expect(found()).toEqual([false, false, true]);
  });
});
