import { expect, it } from 'vitest';
import { openFunctions } from './functions.ts';
import { openJudges } from './judges/all.ts';
import { planOf } from './plan-of.ts';
import { taskTableOf } from './task-table.ts';
import { newWorld } from './world.ts';

/** A table with the item of the stage. */
const opened = () => {
  const current = { name: 'current', openFunctions };
  const { watchers } = openJudges();
  const table = taskTableOf(newWorld({ plan: planOf(1), watchers, current, previous: current }));
  const Item = { taskId: { S: '#stage' }, revision: { N: '1' } };
  table.call('PutItem', { TableName: 'davit-test-tasks', Item }, 'dispatch-1');
  return table;
};

it('has no item that a person has deleted', () => {
  const table = opened();
  expect(table.itemOf('#stage')).toBeDefined();
  table.deleteItem('#stage');
  expect(table.itemOf('#stage')).toBeUndefined();
  expect(table.items()).toEqual([]);
});
