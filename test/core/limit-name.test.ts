import { expect, it } from 'vitest';
import { holdAt, limitOfHold, stageLimit } from '../../shared/core/limit-name.ts';

it('a hold names the limit and the tool', () => {
  expect([holdAt(stageLimit, 'echo'), holdAt('limit/echo', 'echo')]).toEqual([
    'stage/echo',
    'limit/echo',
  ]);
  expect(limitOfHold('stage/echo')).toEqual({ name: 'stage', tool: 'echo' });
  expect(limitOfHold('limit/echo')).toEqual({ name: 'limit/echo', tool: 'echo' });
  expect(limitOfHold('tool/echo')).toBeUndefined();
});
