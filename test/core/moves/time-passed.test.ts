import { describe, expect, it } from 'vitest';
import { due, ownDue } from '../../../shared/core/due.ts';
import type { Task } from '../../../shared/core/task.ts';
import {
  arnOf,
  exit,
  hour,
  launchDecided,
  minute,
  releaseNamed,
  second,
  seen,
  start,
  stopped,
  stoppedByUser,
} from '../../kit/facts.ts';
import { carriedOut, type HistoryEntry, onward, samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const passed = { kind: 'timePassed' } as const;
const dueAt = (task: Task): number => due(task)?.at ?? Number.NaN;

describe('timePassed', () => {
  it('changes nothing before the row is due, and something when it is', () => {
    for (const name of [
      'QUEUED',
      'QUEUED, held',
      'QUEUED, rung',
      'QUEUED, delayed after exit 75',
      'QUEUED, no capacity',
      'STARTING',
      'STARTING, being cancelled',
      'RUNNING',
      'RUNNING, past timeout',
    ] as const) {
      const task = samples[name];
      const at = dueAt(task);
      if (at > task.updatedAt) expect(ignoredBy(task, passed, at - 1), name).not.toBe('');
      expect(movedBy(task, passed, at).revision, name).toBe(task.revision + 1);
    }
  });

  it('rings for a queued run, the first time when its hold opens, then after 5, 10, 20, 40, 60 min', () => {
    let task: Task = samples['QUEUED, held'];
    const rung = Array.from({ length: 7 }, () => {
      const at = dueAt(task);
      task = onward(movedBy(task, passed, at), carriedOut);
      return (at - start) / minute;
    });
    expect(rung).toEqual([1, 6, 16, 36, 76, 136, 196]);
  });

  it('fails a task that has not run within startWithin, and says what the task waited for', () => {
    const ended = movedBy(samples['QUEUED, held'], passed, start + 24 * hour);
    expect(ended).toMatchObject({ phase: 'FAILED', outcome: 'notStarted' });
    expect('reason' in ended && ended.reason).toMatch(/within 24 h: echo is no longer/);
    expect(outboxOf(ended)).toContain('dead');
  });

  it.each([
    ['was out of memory', { ...exit(137), containerReason: 'OutOfMemoryError: killed' }],
    ['was reclaimed', { stopCode: 'SpotInterruption', exitCode: 143 }],
  ])('counts startWithin again after a run that %s', (_how, end) => {
    const back = onward(samples.RUNNING, [hour - second, stopped(1, end)]);
    expect(back.startBy).toBeGreaterThan(start + 24 * hour);
  });

  it('counts startWithin again after a run that vanished while it ran', () => {
    const gone = { kind: 'missing', run: 1, ecsTaskArn: arnOf(1) } as const;
    const back = onward(samples['RUNNING, missing'], [5 * minute, gone]);
    expect(back).toMatchObject({ phase: 'QUEUED', reclaims: 1 });
    expect(back.startBy).toBe(back.updatedAt + 24 * hour);
  });

  it('counts startWithin again after a run that ran', () => {
    const late = onward(samples.RUNNING, [23 * hour, stopped(1, exit(75))], carriedOut);
    expect(late.phase).toBe('QUEUED');
    const again = movedBy(late, passed, start + 24 * hour + minute);
    expect(again.phase).toBe('QUEUED');
    expect(again.startBy).toBe(late.updatedAt + 10 * second + 24 * hour);
  });

  it('does not stop a run that began within startWithin', () => {
    const running = onward(samples.STARTING, [24 * hour - 10 * minute, seen(1)]);
    expect(ignoredBy(running, passed, running.startBy + minute)).toMatch(/none of its times/);
  });

  it('does not count startWithin again after a run that spent no budget: no task waits without end', () => {
    const late = onward(samples['STARTING, past startTimeout'], [second, seen(1)]);
    const back = onward(late, [second, stopped(1, stoppedByUser)]);
    expect(back).toMatchObject({ phase: 'QUEUED', attempts: 0, reclaims: 0 });
    expect(back.startBy).toBe(start + 24 * hour);
    const unstartable = {
      stopCode: 'EssentialContainerExited',
      containerReason: 'exec format error',
    };
    expect(onward(samples.RUNNING, [second, stopped(1, unstartable)]).startBy).toBe(
      start + 24 * hour,
    );
  });

  it('names the time that the task had', () => {
    const short = releaseNamed('1.0.0', { startWithinMs: hour, placements: ['cpu-spot'] });
    const task = onward(
      samples.QUEUED,
      [0, (row, now) => launchDecided(row, now, { release: short })],
      [second, { kind: 'launchRefused', run: 1, cause: 'capacity', why: 'full' }],
    );
    expect(movedBy(task, passed, task.startBy)).toMatchObject({
      reason: expect.stringMatching(/^it did not run within 24 h: cpu-spot: no capacity/),
    });
    const ran = onward(
      samples.QUEUED,
      [0, (row, now) => launchDecided(row, now, { release: short })],
      [second, seen(1)],
      [minute, stopped(1, exit(75))],
    );
    expect(movedBy(ran, passed, ran.startBy)).toMatchObject({
      reason: expect.stringMatching(/^it did not run within 1 h: attempt 2 of 3/),
    });
    // After twenty refusals the row no longer remembers that run.
    const forgotten = { ...ran, runs: [] };
    expect(movedBy(forgotten, passed, ran.startBy)).toMatchObject({
      reason: expect.stringMatching(/^it did not run within 1 h: /),
    });
  });

  it('does not count startWithin again after a run that did not run', () => {
    expect(samples['QUEUED, no capacity'].startBy).toBe(start + 24 * hour);
    const lost: HistoryEntry = [hour, stopped(1, { stopCode: 'InfrastructureHealth' })];
    expect(onward(samples.STARTING, lost).startBy).toBe(start + 24 * hour);
  });

  it.each([
    ['STARTING', 15 * minute + second, 'startTimeout'],
    ['RUNNING', hour + 31 * second, 'timeout'],
  ] as const)('stops a run that is %s for too long', (name, ms, why) => {
    const next = movedBy(samples[name], passed, start + ms);
    expect(next).toMatchObject({ phase: name, stopping: { why } });
    expect(outboxOf(next)).toEqual(['stop']);
  });

  it('does not ask ECS to stop a run that ECS may not have, when startWithin has passed', () => {
    const task = samples['LAUNCHING, past startWithin'];
    expect(task).toMatchObject({ phase: 'LAUNCHING', stopping: { why: 'startWithin' } });
    expect(task.outbox).toEqual([]);
  });

  it('asks again for a stop each minute', () => {
    const task = samples['RUNNING, being cancelled'];
    const at = task.updatedAt + minute;
    expect(ignoredBy(task, passed, at - 1)).toMatch(/was asked to stop/);
    const again = movedBy(task, passed, at);
    expect(again).toMatchObject({ stopping: { at: task.updatedAt, askedAt: at } });
    expect(again.outbox).toMatchObject([{ kind: 'stop', ecsTaskArn: arnOf(1) }]);
  });

  it('does not stop a run that a sighting shows running in time', () => {
    const running = onward(samples.STARTING, [14 * minute, seen(1)]);
    expect(ignoredBy(running, passed, start + 16 * minute)).toMatch(/none of its times/);
  });

  it('leaves a launch to dispatch and the sweep, which ask ECS again', () => {
    const task = onward(samples.QUEUED, [0, launchDecided]);
    expect(ignoredBy(task, passed, dueAt(task))).toMatch(/none of its times/);
  });
});

describe('what time leaves in the row', () => {
  it('is a place that is freed where a queued task fails', () => {
    const task = { ...samples['QUEUED, held'], place: 'limit/echo' };
    expect(outboxOf(movedBy(task, passed, start + 24 * hour))).toContain('free');
  });

  it('is a stop with the reason of the first one', () => {
    const task = samples['RUNNING, being cancelled'];
    const again = movedBy(task, passed, task.updatedAt + minute);
    expect(again.outbox).toMatchObject([{ kind: 'stop', why: 'no longer wanted' }]);
  });

  it('is the startWithin of the release where both budgets were used', () => {
    const release = releaseNamed('1.0.0', { startWithinMs: 7 * hour });
    const task = { ...samples['QUEUED, held'], release, attempts: 1, reclaims: 1 };
    expect(movedBy(task, passed, task.startBy)).toMatchObject({
      reason: expect.stringMatching(/^it did not run within 7 h: /),
    });
  });
});

describe('a stop that waits in the outbox for the pace of ECS', () => {
  const cancel = { kind: 'cancelAsked', taskId: 'film-1' } as const;
  const waiting = onward(samples.RUNNING, [second, cancel]);
  const askedAt = waiting.updatedAt;

  it('is not due by itself for fifteen minutes', () => {
    expect(ownDue(waiting)).toMatchObject({ at: askedAt + 15 * minute, kind: 'act' });
  });

  it('is repeated a minute after ECS was asked', () => {
    const ids = waiting.outbox.map(({ id }) => id);
    const asked = movedBy(waiting, { kind: 'carriedOut', ids }, askedAt + 5 * minute);
    expect(asked).toMatchObject({ stopping: { at: askedAt, askedAt: askedAt + 5 * minute } });
    expect(ownDue(asked)).toMatchObject({ at: askedAt + 6 * minute, kind: 'act' });
  });
});
