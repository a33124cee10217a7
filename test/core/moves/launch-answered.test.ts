import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../shared/core/fact.ts';
import type { Task } from '../../../shared/core/task.ts';
import { arnOf, hour, launchDecided, minute, noCapacity, second, start } from '../../kit/facts.ts';
import { carriedOut, onward, samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const { QUEUED: queued, LAUNCHING: launching, RUNNING: running } = samples;
const delayed = samples['QUEUED, delayed after exit 75'];
const refused = (cause: 'capacity' | 'release' | 'deployment') =>
  ({ kind: 'launchRefused', run: 1, cause, why: noCapacity }) as const;
if (launching.phase !== 'LAUNCHING') throw new Error('the sample is not LAUNCHING');
const { release } = launching;
/** Its tool has one placement. */
const launchingOnly = {
  ...launching,
  release: { ...release, spec: { ...release.spec, placements: ['cpu-spot'] } },
} as const;
const ofToken = { ...refused('capacity'), isOfToken: true } as const;

const opensAt = (task: Task): number => ('hold' in task && task.hold?.opensAt) || start;

describe('a refusal because there is no capacity', () => {
  it('names the first refusal of the placement, and counts only refusals since the task was queued', () => {
    const refusedOn = (task: Task, placement: 'cpu' | 'cpu-spot'): Task =>
      onward(
        task,
        [minute, (row, now) => launchDecided(row, now, { placement })],
        [second, { ...refused('capacity'), run: task.run }],
        carriedOut,
      );
    const first = refusedOn(queued, 'cpu-spot');
    // The other placement is tried at once.
    expect(first).toMatchObject({ phase: 'QUEUED', rings: 1 });
    expect(first).not.toHaveProperty('hold');
    const next = refusedOn(first, 'cpu');
    expect(next).toMatchObject({
      hold: {
        by: 'placement/cpu+cpu-spot',
        why: expect.stringMatching(/^cpu: no capacity since 14:02:02 UTC/),
      },
    });
    expect(next).not.toHaveProperty('hold.opensAt');
    const fourth = refusedOn(refusedOn(next, 'cpu-spot'), 'cpu');
    expect(fourth).toMatchObject({
      hold: { why: expect.stringMatching(/^cpu: no capacity since 14:02:02 UTC/) },
    });
    const failed = movedBy(fourth, { kind: 'timePassed' }, fourth.startBy);
    const redriven = onward(
      failed,
      carriedOut,
      [hour, { kind: 'redriveAsked', startWithinMs: hour }],
      carriedOut,
    );
    const again = refusedOn(redriven, 'cpu-spot');
    // Refusals before the redrive do not count: the list begins again.
    expect(again).toMatchObject({ phase: 'QUEUED', rings: 1 });
  });
});

describe('accepted', () => {
  const accepted = { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) } as const;

  it('makes the row STARTING, and removes the order', () => {
    const starting = movedBy(samples['LAUNCHING, in doubt'], accepted, start + minute);
    expect(starting).toMatchObject({
      phase: 'STARTING',
      ecsTaskArn: arnOf(1),
      acceptedAt: start + minute,
    });
    for (const gone of ['launchOrder', 'doubt', 'missingSince'])
      expect(starting).not.toHaveProperty(gone);
  });

  it('stops a run at once that was cancelled while it was launched', () => {
    const starting = movedBy(samples['LAUNCHING, being cancelled'], accepted, start + minute);
    expect(starting).toMatchObject({ phase: 'STARTING', stopping: { why: 'cancel' } });
    expect(starting.outbox).toMatchObject([
      { kind: 'stop', ecsTaskArn: arnOf(1), why: 'no longer wanted' },
    ]);
  });

  it('stops a second ECS task of the same run, and one of an earlier run', () => {
    const second = { ...accepted, ecsTaskArn: arnOf(1, 'b') };
    expect(outboxOf(movedBy(running, second, running.updatedAt))).toEqual(['stop']);
    expect(outboxOf(movedBy(delayed, second, delayed.updatedAt))).toEqual(['stop']);
    expect(outboxOf(movedBy(samples.SUCCEEDED, second, start + hour))).toEqual(['stop']);
  });

  it('stops neither an ECS task that it knows nor a run that it has not launched', () => {
    expect(ignoredBy(running, accepted, running.updatedAt)).toMatch(/is the current one/);
    expect(ignoredBy(delayed, accepted, delayed.updatedAt)).toMatch(/has ended/);
    const later = { ...accepted, run: 3 };
    expect(ignoredBy(running, later, running.updatedAt)).toMatch(/older than the cluster/);
  });
});

describe('launchRefused', () => {
  it.each([
    ['capacity', 'placement/cpu-spot', undefined, /cpu-spot: no capacity since 14:00:00 UTC/],
    ['release', 'version/echo/1.0.0', start + minute, /echo 1.0.0 cannot be started/],
    ['deployment', 'deployment', undefined, /the deployment cannot launch anything/],
  ] as const)('makes the next run wait until %s is repaired', (cause, by, opens, why) => {
    const next = movedBy(launchingOnly, refused(cause), start);
    expect(next).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      attempts: 0,
      reclaims: 0,
      rings: 0,
      hold: {
        by,
        why: expect.stringMatching(why),
        ...(opens === undefined ? {} : { opensAt: opens }),
      },
      runs: [{ run: 1, verdict: cause, why: noCapacity }],
    });
    const counts = cause === 'release' ? ['count.failedStart'] : [];
    expect(outboxOf(next)).toEqual([
      ...counts,
      'event.requeued',
      'reply.requeued',
      'event.waiting',
      'reply.waiting',
    ]);
  });

  it('doubles the wait after every failure of the release in a row, up to ten minutes', () => {
    let task = queued;
    const waits = Array.from({ length: 6 }, () => {
      const now = opensAt(task);
      const asked = onward(task, [now - task.updatedAt, launchDecided]);
      const next = movedBy(asked, { ...refused('release'), run: task.run }, now);
      task = next;
      return (opensAt(next) - now) / second;
    });
    expect(waits).toEqual([60, 120, 240, 480, 600, 600]);
  });

  it('ends a task that was cancelled meanwhile: its container never existed', () => {
    const ended = movedBy(samples['LAUNCHING, being cancelled'], ofToken, start);
    expect(ended).toMatchObject({ phase: 'CANCELLED', reason: 'no longer wanted', run: 1 });
    expect(outboxOf(ended)).toEqual(['event.cancelled', 'reply.cancelled', 'bus.cancelled']);
  });

  it('fails a task whose startWithin has passed', () => {
    const task = samples['LAUNCHING, past startWithin'];
    const ended = movedBy(task, ofToken, task.updatedAt);
    expect(ended).toMatchObject({ phase: 'FAILED', outcome: 'notStarted', attempts: 0 });
    expect(outboxOf(ended)).toContain('dead');
  });

  it('only adds to a doubt, unless ECS stores the refusal under the token', () => {
    const doubted = samples['LAUNCHING, in doubt'];
    expect(movedBy(doubted, refused('release'), start)).toMatchObject({
      phase: 'LAUNCHING',
      run: 1,
      doubt: { why: noCapacity, times: 2 },
    });
    expect(movedBy(doubted, ofToken, start)).toMatchObject({ phase: 'QUEUED', run: 2 });
  });

  it('stops a refused run that starts nevertheless', () => {
    const next = movedBy(launching, refused('capacity'), start);
    const late = { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) } as const;
    expect(outboxOf(movedBy(next, late, start))).toContain('stop');
  });
});

describe('what the row says of a launch', () => {
  it('has the version of no sighting when it is accepted', () => {
    const accept = { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) } as const;
    expect(movedBy(launching, accept, start)).toMatchObject({ ecsVersion: 0, acceptedAt: start });
  });

  it('is asked for its stop now, where that was wanted before it was accepted', () => {
    const task = samples['LAUNCHING, being cancelled'];
    const now = task.updatedAt + second;
    const accept = { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) } as const;
    const next = movedBy(task, accept, now);
    expect(next).toMatchObject({ phase: 'STARTING', stopping: { why: 'cancel', askedAt: now } });
    expect(next.outbox).toMatchObject([{ kind: 'stop', why: 'no longer wanted' }]);
  });

  it('is in doubt once for one answer', () => {
    const doubt: Fact = { kind: 'doubted', run: 1, why: 'RunTask timed out' };
    const once = movedBy(launching, doubt, start);
    expect(ignoredBy(once, doubt, start)).toMatch(/in doubt already/);
    const other = movedBy(once, { ...doubt, why: 'RunTask was reset' }, start);
    expect(other).toMatchObject({ doubt: { why: 'RunTask was reset', at: start, times: 2 } });
    expect(movedBy(once, doubt, start + 1)).toMatchObject({ doubt: { times: 2 } });
  });

  it('is that of the current run', () => {
    const doubt: Fact = { kind: 'doubted', run: 2, why: 'RunTask timed out' };
    expect(ignoredBy(launching, doubt, start)).toBe('run 1 is current, not 2');
  });

  it('says in its end why it was to stop, and why it did not run', () => {
    const lost = samples['RUNNING, past timeout, missing'];
    const gone: Fact = { kind: 'missing', run: 1, ecsTaskArn: arnOf(1) };
    const since = lost.phase === 'RUNNING' ? (lost.missingSince ?? 0) : 0;
    expect(movedBy(lost, gone, since + 5 * minute)).toMatchObject({
      phase: 'FAILED',
      outcome: 'timeout',
      reason: 'it ran longer than 1 h (ECS has not found it since 15:01:31 UTC)',
    });
    expect(movedBy(samples['LAUNCHING, being cancelled'], ofToken, start)).toMatchObject({
      outcome: 'cancelled',
    });
    const late = samples['LAUNCHING, past startWithin'];
    expect(movedBy(late, ofToken, late.updatedAt)).toMatchObject({
      outcome: 'notStarted',
      reason: `it did not run within startWithin (${noCapacity})`,
    });
  });

  it('is cancelled without a reason where none was given', () => {
    const task = {
      ...samples['LAUNCHING, being cancelled'],
      stopping: { why: 'cancel', at: start, askedAt: start } as const,
    };
    expect(movedBy(task, ofToken, start)).toMatchObject({ reason: 'cancelled' });
  });

  it('stops no more than twenty others at a time', () => {
    const stop = { kind: 'stop', run: 1, why: 'run 1 is not the current one' } as const;
    const outbox = Array.from({ length: 20 }, (_, n) => ({
      ...stop,
      id: `film-1/1/stop.${n}`,
      ecsTaskArn: `arn/${n}`,
    }));
    const ghost: Fact = { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1, 'b') };
    const task = { ...samples.RUNNING, outbox };
    expect(ignoredBy(task, ghost, start)).toMatch(/full of stops/);
    const room = movedBy({ ...task, outbox: outbox.slice(1) }, ghost, start);
    expect(room.outbox).toHaveLength(20);
  });
});
