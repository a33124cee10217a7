import { expect, it } from 'vitest';
import { openFunctions } from './functions.ts';
import { planOf } from './plan-of.ts';
import { taskTableOf } from './task-table.ts';
import { blind } from './watchers.ts';
import { newWorld } from './world.ts';

/** A table with the item of the stage. */
const opened = () => {
  const current = { name: 'current', openFunctions };
  const table = taskTableOf(
    newWorld({ plan: planOf(1), watchers: blind, current, previous: current }),
  );
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

it('has a row that no release can read until it was repaired, also when an older table is restored', () => {
  const table = opened();
  const Item = { taskId: { S: 'film-1' }, revision: { N: '1' }, createdAt: { S: 'today' } };
  table.call('PutItem', { TableName: 'davit-test-tasks', Item }, 'dispatch-1');
  const repair = table.spoil('film-1');
  expect(table.itemOf('film-1')?.createdAt).not.toEqual(Item.createdAt);
  expect(table.isSpoilt('film-1')).toBe(true);
  const restore = table.backUp();
  repair();
  expect(table.itemOf('film-1')?.createdAt).toEqual(Item.createdAt);
  expect([table.isSpoilt('film-1'), table.isSpoilt('film-1', 1)]).toEqual([false, true]);
  restore(new Set());
  expect(table.itemOf('film-1')?.createdAt).toEqual(Item.createdAt);
});
