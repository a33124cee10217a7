import { expect, it } from 'vitest';
import { bigTable } from '../../../bench/crowds/table.ts';
import { fieldsOf, listOf } from '../../simulation/fields.ts';

const table = bigTable(() => 0);

const put = (taskId: string, waitingSince: string | undefined): void => {
  const waits =
    waitingSince === undefined
      ? {}
      : { heldBy: { S: 'tool/a' }, waitingSince: { S: waitingSince } };
  const outcome = table.call('PutItem', {
    TableName: 'tasks',
    Item: { taskId: { S: taskId }, ...waits },
  });
  expect(outcome.ok).toBe(true);
};

const waiters = (after: string, before: string, Limit: number): readonly unknown[] => {
  const outcome = table.call('Query', {
    TableName: 'tasks',
    IndexName: 'waiting',
    KeyConditionExpression: 'heldBy = :by AND waitingSince BETWEEN :after AND :before',
    ExpressionAttributeValues: {
      ':by': { S: 'tool/a' },
      ':after': { S: after },
      ':before': { S: before },
    },
    Limit,
  });
  const items = outcome.ok ? listOf(fieldsOf(outcome.output).Items) : [];
  return items.map((item) => fieldsOf(fieldsOf(item).taskId).S);
};

it('answers who waits in the order of the index, also after rows have moved', () => {
  put('c', 'x#3');
  put('a', 'x#1');
  put('d', 'y#1');
  put('b', 'x#2');
  expect(waiters(' ', '~', 9)).toEqual(['a', 'b', 'c', 'd']);
  expect(waiters('x#2', 'x$', 9)).toEqual(['b', 'c']);
  expect(waiters(' ', '~', 1)).toEqual(['a']);
  put('a', undefined);
  put('b', 'z#1');
  expect(waiters(' ', '~', 9)).toEqual(['c', 'd', 'b']);
});
