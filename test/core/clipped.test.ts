import { expect, it } from 'vitest';
import { clipped } from '../../shared/core/clipped.ts';
import { notYetLive } from '../../shared/core/hold.ts';
import { membersOf } from '../../shared/core/object.ts';
import { troubleOf } from '../../shared/core/outbox.ts';
import { withRun } from '../../shared/core/run-record.ts';
import { releaseNamed } from '../kit/facts.ts';

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

it('cuts why an effect or a launch waits', () => {
  expect(troubleOf('x'.repeat(400))).toBe(`${'x'.repeat(299)}…`);
  const misfit = 'x'.repeat(2_000);
  const hold = notYetLive('echo', { release: releaseNamed('1.0.0'), misfit }, 0);
  expect(hold.why).toHaveLength(1_000);
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
