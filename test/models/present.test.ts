import { expect, it } from 'vitest';
import { present } from '../../models/present.ts';

it('leaves out what is undefined, and nothing else', () => {
  const members = present({ a: 1, b: undefined, c: null, d: false, e: '', f: 0 });
  expect(Object.entries(members)).toEqual([
    ['a', 1],
    ['c', null],
    ['d', false],
    ['e', ''],
    ['f', 0],
  ]);
});
