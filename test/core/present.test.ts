import { expect, expectTypeOf, it } from 'vitest';
import { present } from '../../shared/core/present.ts';

it('leaves out the members without a value, and no others', () => {
  const found = present({ none: undefined, zero: 0, empty: '', no: false, nothing: null });
  expect(Object.keys(found)).toEqual(['zero', 'empty', 'no', 'nothing']);
});

it('makes a member optional where it may have no value', () => {
  const exitCode = [1, 2].at(5);
  const found = present({ run: 1, exitCode });
  expectTypeOf(found).toExtend<{ readonly run: number; readonly exitCode?: number }>();
  expect(found).toEqual({ run: 1 });
});
