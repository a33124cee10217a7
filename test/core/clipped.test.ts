import { expect, it } from 'vitest';
import { clipped } from '../../shared/core/clipped.ts';
import { membersOf } from '../../shared/core/object.ts';
import { withRun } from '../../shared/core/run-record.ts';

it('cuts a text that is too long, and no other one', () => {
  expect(clipped('abcd', 4)).toBe('abcd');
  expect(clipped('abcde', 4)).toBe('abc…');
  expect(clipped('x'.repeat(500))).toBe('x'.repeat(500));
  expect(clipped('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
});

it('cuts what a row remembers of a run', () => {
  const record = {
    run: 1,
    placement: 'cpu',
    version: '1.0.0',
    verdict: 'tool',
    endedAt: 0,
  } as const;
  expect(withRun([], { ...record, why: 'x'.repeat(600) })).toEqual([
    { ...record, why: `${'x'.repeat(499)}…` },
  ]);
});

it('finds members in objects and arrays alone', () => {
  expect([{ a: 1 }, ['b'], 'text', 7, null, undefined].map(membersOf)).toEqual([
    { a: 1 },
    { 0: 'b' },
    {},
    {},
    {},
    {},
  ]);
});
