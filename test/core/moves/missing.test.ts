import { describe, expect, it } from 'vitest';
import { arnOf, minute, second, seen, start } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const missing = (run = 1, ecsTaskArn = arnOf(run)) =>
  ({ kind: 'missing', run, ecsTaskArn }) as const;
const missed = samples['RUNNING, missing'];

describe('missing', () => {
  it('makes the run vanish only when it is still missing five minutes later', () => {
    expect(missed).toMatchObject({ phase: 'RUNNING', missingSince: missed.updatedAt });
    const before = missed.updatedAt + 5 * minute - 1;
    expect(ignoredBy(missed, missing(), before)).toMatch(/missing for less than five minutes/);
    const vanished = movedBy(missed, missing(), before + 1);
    expect(vanished).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      attempts: 0,
      reclaims: 1,
      runs: [{ verdict: 'vanished', ecsTaskArn: arnOf(1) }],
    });
  });

  it('stops a vanished run that still runs', () => {
    const vanished = movedBy(missed, missing(), missed.updatedAt + 5 * minute);
    const back = movedBy(vanished, seen(1, { ecsVersion: 9 }), vanished.updatedAt + minute);
    expect(back).toMatchObject({ phase: 'QUEUED', run: 2 });
    expect(back.outbox).toContainEqual(expect.objectContaining({ kind: 'stop', run: 1 }));
  });

  it('is removed when the run is seen again', () => {
    expect(movedBy(missed, seen(1), missed.updatedAt)).not.toHaveProperty('missingSince');
    const started = movedBy(samples['STARTING, missing'], seen(1), missed.updatedAt);
    expect(started.phase).toBe('RUNNING');
    expect(started).not.toHaveProperty('missingSince');
  });

  it('costs a reclaim only where the run was running', () => {
    const starting = samples['STARTING, missing'];
    const vanished = movedBy(starting, missing(), starting.updatedAt + 5 * minute);
    expect(vanished).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 0, reclaims: 0 });
  });

  it('is about the run and the ECS task that the row has', () => {
    expect(ignoredBy(samples.RUNNING, missing(2), start)).toMatch(/not the current one/);
    expect(ignoredBy(samples.RUNNING, missing(1, arnOf(1, 'b')), start)).toMatch(
      /ECS task is not the current one/,
    );
    expect(ignoredBy(samples.QUEUED, missing(), start)).toMatch(/not the current one/);
  });

  it('changes nothing in a launch as long as its token is valid', () => {
    const task = samples['LAUNCHING, in doubt'];
    expect(ignoredBy(task, missing(), start + 45 * minute - 1)).toMatch(/token is still valid/);
    expect(movedBy(task, missing(), start + 45 * minute)).toHaveProperty('missingSince');
  });

  it('gives up a launch that ECS does not find, and spends no budget', () => {
    const task = samples['LAUNCHING, missing'];
    const next = movedBy(task, missing(), task.updatedAt + 5 * minute);
    expect(next).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 0, reclaims: 0, rings: 1 });
    expect(outboxOf(next)).toContain('doorbell');
  });

  it('ends a task whose run was to be stopped', () => {
    for (const [name, phase] of [
      ['RUNNING, being cancelled', 'CANCELLED'],
      ['RUNNING, past timeout', 'FAILED'],
      ['STARTING, past startTimeout', 'QUEUED'],
    ] as const) {
      const task = samples[name];
      const gone = movedBy(task, missing(), task.updatedAt + second);
      expect(movedBy(gone, missing(), gone.updatedAt + 5 * minute).phase, name).toBe(phase);
    }
  });
});
