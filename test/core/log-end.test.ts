import { describe, expect, it } from 'vitest';
import { logTailOf, unexplainedRun } from '../../shared/core/log-end.ts';
import { exit, minute, second, start, stopped } from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';
import { ignoredBy, movedBy } from '../kit/step-helpers.ts';

describe('logTailOf', () => {
  it('is the last twenty lines, without secrets', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`);
    const tail = logTailOf([...lines, 'password=hunter2']);
    expect(tail.split('\n')).toHaveLength(20);
    expect(tail).toMatch(/^line 11\n.*\npassword=\*\*\*$/s);
  });

  it('is bounded, whatever the lines are', () => {
    const tail = logTailOf(Array.from({ length: 20 }, () => '漢'.repeat(100_000)));
    expect(tail.length).toBeLessThanOrEqual(4_000);
    expect(tail.split('\n').every((line) => line.length <= 300)).toBe(true);
  });

  it('masks before it cuts, so that no part of a secret is left', () => {
    expect(logTailOf([`${'x'.repeat(290)} AKIAIOSFODNN7EXAMPLE`])).not.toContain('AKIA');
  });
});

describe('the last lines of a run', () => {
  const failed = onward(samples.RUNNING, [minute, stopped(1, exit(75))]);
  const read = { kind: 'logEndRead', run: 1, logTail: 'no such codec' } as const;

  it('are looked for once, for the tool to explain its own failure', () => {
    expect(unexplainedRun(failed)).toMatchObject({ run: 1 });
    expect(unexplainedRun(samples.SUCCEEDED)).toBeUndefined();
    expect(unexplainedRun(samples.CANCELLED)).toBeUndefined();
    expect(unexplainedRun(samples.QUEUED)).toBeUndefined();
    const known = movedBy(failed, read, start);
    expect(known).toMatchObject({ logTail: 'no such codec', logTailRun: 1, phase: 'QUEUED' });
    expect(unexplainedRun(known)).toBeUndefined();
    expect(ignoredBy(known, read, start)).toMatch(/read already/);
    expect(ignoredBy(samples.RUNNING, read, start)).toMatch(/has not ended/);
  });

  it('that are not known are said, and stay with the row when it goes on', () => {
    const unknown = movedBy(failed, { kind: 'logEndRead', run: 1, missing: 'away' }, start);
    expect(unknown).toMatchObject({ logTailMissing: 'away', logTailRun: 1 });
    const cancelled = onward(unknown, [second, { kind: 'cancelAsked', taskId: 'film-1' }]);
    expect(cancelled).toMatchObject({ phase: 'CANCELLED', logTailMissing: 'away' });
  });
});
