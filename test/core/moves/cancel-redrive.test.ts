import { describe, expect, it } from 'vitest';
import { ownDue } from '../../../shared/core/due.ts';
import type { Fact } from '../../../shared/core/fact.ts';
import {
  exit,
  hour,
  minute,
  releaseNamed,
  start,
  stopped,
  submissionOf,
  submitted,
} from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const cancel = { kind: 'cancelAsked', taskId: 'film-1', reason: 'no longer wanted' } as const;
const redrive = { kind: 'redriveAsked', startWithinMs: hour } as const;

describe('cancelAsked', () => {
  it('ends a queued task at once', () => {
    const task = movedBy(samples['QUEUED, held'], cancel, start + minute);
    expect(task).toMatchObject({ phase: 'CANCELLED', reason: 'no longer wanted' });
    expect(outboxOf(task)).toEqual(['event.cancelled', 'reply.cancelled', 'bus.cancelled']);
  });

  it('waits until the container of a running task has stopped', () => {
    const task = movedBy(samples.RUNNING, cancel, start + minute);
    expect(task).toMatchObject({ phase: 'RUNNING', stopping: { why: 'cancel' } });
    expect(outboxOf(task)).toEqual(['stop']);
  });

  it('waits for ECS’s answer to a launch', () => {
    const task = movedBy(samples.LAUNCHING, cancel, start + minute);
    expect(task).toMatchObject({ phase: 'LAUNCHING', stopping: { why: 'cancel' } });
    expect(outboxOf(task)).toEqual([]);
  });

  it.each([
    'STARTING, past startTimeout',
    'STARTING, past startWithin',
    'RUNNING, past timeout',
  ] as const)('ends a task with a run that is %s, even where the run ends otherwise', (name) => {
    const task = movedBy(samples[name], cancel, start + 25 * hour);
    expect(task).toMatchObject({ stopping: { why: 'cancel' } });
    const ended = movedBy(task, stopped(1, exit(75)), start + 25 * hour);
    expect(ended).toMatchObject({ phase: 'CANCELLED', run: 1 });
  });

  it('changes nothing the second time', () => {
    const being = samples['RUNNING, being cancelled'];
    expect(ignoredBy(being, cancel, start + hour)).toMatch(/being stopped already/);
  });

  it('changes nothing in a task that has ended', () => {
    expect(ignoredBy(samples.SUCCEEDED, cancel, start + hour)).toMatch(/has ended SUCCEEDED/);
  });

  it('waits for a message that has not come yet, and takes its properties over', () => {
    const tombstone = samples['CANCELLED, before its message'];
    expect(tombstone).toMatchObject({ phase: 'CANCELLED', tombstone: true, digest: '' });
    expect(tombstone.outbox).toEqual([]);
    const task = movedBy(tombstone, submitted(), start + minute);
    expect(task).toMatchObject({ phase: 'CANCELLED', tool: 'echo', replyTo: 'reply.web' });
    expect(task.digest).toBe(submissionOf().digest);
    expect(outboxOf(task)).toEqual(['event.cancelled', 'reply.cancelled', 'bus.cancelled']);
    expect(ignoredBy(task, submitted(), start + minute)).toMatch(/has a row already/);
  });
});

describe('redriveAsked', () => {
  it('queues a failed task for its next run, with new budgets and without a version', () => {
    const failed = samples.FAILED;
    expect(failed).toMatchObject({ run: 1, attempts: 1, release: releaseNamed('1.0.0') });
    const now = start + 3 * hour;
    const task = movedBy(failed, redrive, now);
    expect(task).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      attempts: 0,
      reclaims: 0,
      queuedAt: now,
      startBy: now + hour,
      rungAt: now,
      createdAt: start,
      memoryDoubled: false,
    });
    for (const gone of ['release', 'endedAt', 'exitCode', 'reason'])
      expect(task).not.toHaveProperty(gone);
    expect(outboxOf(task)).toEqual(['doorbell', 'event.requeued', 'reply.requeued']);
  });

  it('queues a rejected task whose message can be a task now', () => {
    const submission = submissionOf('film-1', { input: '{"a":1}' });
    const task = movedBy(samples.REJECTED, { ...redrive, submission }, start + hour);
    expect(task).toMatchObject({ phase: 'QUEUED', tool: 'echo', payload: submission.payload });
  });

  it('needs a body, and a message that can be a task', () => {
    const without = ignoredBy(samples['REJECTED, without a body'], redrive, start);
    expect(without).toMatch(/too large to be stored: put its input into S3/);
    expect(ignoredBy(samples.REJECTED, redrive, start)).toMatch(/cannot be a task: .* not JSON/);
  });

  it('of the run that is named is done once', () => {
    const once = movedBy(samples.FAILED, { ...redrive, run: 1 }, start + hour);
    expect(once).toMatchObject({ phase: 'QUEUED', run: 2 });
    const failed = { ...samples.FAILED, run: 2 };
    expect(ignoredBy(failed, { ...redrive, run: 1 }, start + hour)).toMatch(
      /run 1 was to be redriven, and its last one is run 2/,
    );
  });

  it('leaves the doorbell to the sweep where many are redriven at once', () => {
    const now = start + hour;
    const task = movedBy(samples.FAILED, { ...redrive, rungLater: true }, now);
    expect(task).toMatchObject({ phase: 'QUEUED', run: 2, rings: 0 });
    expect(task).not.toHaveProperty('rungAt');
    expect(outboxOf(task)).toEqual(['event.requeued', 'reply.requeued']);
    expect(ownDue(task)).toMatchObject({ kind: 'ring', at: now });
  });

  it('keeps the version where that is asked for, and the time of that version to start', () => {
    const now = start + hour;
    const release = releaseNamed('1.0.0', { startWithinMs: minute });
    const failed = { ...samples.FAILED, release };
    const task = movedBy(failed, { ...redrive, sameVersion: true }, now);
    expect(task).toMatchObject({ release, attempts: 0, reclaims: 0, startBy: now + minute });
    const never = ignoredBy(
      samples.REJECTED,
      {
        ...redrive,
        submission: submissionOf(),
        sameVersion: true,
      },
      now,
    );
    expect(never).toMatch(/never launched, so it has no version to keep/);
  });

  it('changes nothing in a task that has not failed', () => {
    for (const task of [samples.SUCCEEDED, samples.CANCELLED, samples.QUEUED, samples.RUNNING])
      expect(ignoredBy(task, redrive, start)).toMatch(/only FAILED and REJECTED/);
    expect(ignoredBy(undefined, redrive, start)).toMatch(/no such task/);
  });
});

describe('what is kept of a wish', () => {
  const cancelled: Fact = { kind: 'cancelAsked', taskId: 'film-1' };

  it('is why a run is to stop, and since when', () => {
    const stopping = {
      why: 'cancel',
      reason: 'cancelled',
      at: start + hour,
      askedAt: start + hour,
    };
    expect(movedBy(samples.RUNNING, cancelled, start + hour)).toMatchObject({ stopping });
  });

  it('is the end of a queued task, whose place is freed', () => {
    const task = { ...samples.QUEUED, place: 'limit/echo' };
    const ended = movedBy(task, cancelled, start + hour);
    expect(ended).toMatchObject({ outcome: 'cancelled', reason: 'cancelled' });
    expect(outboxOf(ended)).toContain('free');
  });

  it('is a row of its own before the message', () => {
    expect(movedBy(undefined, cancelled, start)).toMatchObject({
      phase: 'CANCELLED',
      outcome: 'cancelled',
      reason: 'cancelled before it was delivered',
      payloadBytes: 0,
      priority: 0,
      revision: 1,
    });
    const why = { ...cancelled, reason: 'no longer wanted' };
    expect(movedBy(undefined, why, start)).toMatchObject({ reason: 'no longer wanted' });
  });

  it('is what the message of a redrive asks for', () => {
    const again: Fact = { kind: 'redriveAsked', startWithinMs: hour };
    const failed = { ...samples.FAILED, reclaims: 2 };
    const plain = movedBy(failed, again, start + hour);
    expect(plain).toMatchObject({ attempts: 0, reclaims: 0, rings: 1 });
    expect(plain).not.toHaveProperty('askedVersion');
    const request = { tool: 'echo', input: '{}', tenant: 'acme', version: '2.0.0' };
    const submission = { ...submissionOf(), request };
    const asked = movedBy(failed, { ...again, submission }, start + hour);
    expect(asked).toMatchObject({ tenant: 'acme', askedVersion: '2.0.0' });
  });

  it('waits while the outbox is full of effects that must not be lost', () => {
    const dead = { kind: 'dead', run: 1, reason: 'exit 64' } as const;
    const outbox = Array.from({ length: 30 }, (_, n) => ({ ...dead, id: `film-1/${n}/dead` }));
    const again: Fact = { kind: 'redriveAsked', startWithinMs: hour };
    expect(ignoredBy({ ...samples.FAILED, outbox }, again, start)).toMatch(/carried out first/);
  });
});
