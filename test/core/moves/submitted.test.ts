import { describe, expect, it } from 'vitest';
import { hour, minute, rejectionNamed, start, submissionOf, submitted } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

describe('submitted', () => {
  it('makes a row from the message, to be launched as run 1', () => {
    const submission = submissionOf('film-7', {
      priority: 4,
      correlationId: 'c-1',
      request: { tool: 'echo', input: '{}', tenant: 'anna', version: '1.0.0', cpu: 512 },
    });
    expect(movedBy(undefined, submitted(submission), start)).toMatchObject({
      phase: 'QUEUED',
      taskId: 'film-7',
      digest: submission.digest,
      payload: submission.payload,
      tool: 'echo',
      tenant: 'anna',
      priority: 4,
      replyTo: 'reply.web',
      correlationId: 'c-1',
      askedVersion: '1.0.0',
      askedCpu: 512,
      run: 1,
      attempts: 0,
      revision: 1,
      startBy: start + 24 * hour,
      outbox: [],
    });
  });

  it('makes no second row, and changes nothing in the first', () => {
    for (const task of [samples.QUEUED, samples.RUNNING, samples.FAILED, samples.REJECTED])
      expect(ignoredBy(task, submitted(), start)).toMatch(/has a row already/);
  });
});

describe('rejected', () => {
  it('makes a dead letter from a message that cannot be a task, and notifies its publisher', () => {
    const task = movedBy(undefined, { kind: 'rejected', rejection: rejectionNamed() }, start);
    expect(task).toMatchObject({
      phase: 'REJECTED',
      outcome: 'rejected',
      reason: 'the body is not JSON',
    });
    expect(outboxOf(task)).toEqual(['dead', 'event.rejected', 'reply.rejected', 'bus.rejected']);
  });

  it('changes nothing in an existing row', () => {
    const fact = { kind: 'rejected', rejection: rejectionNamed() } as const;
    expect(ignoredBy(samples.QUEUED, fact, start)).toMatch(/has a row already/);
  });
});

describe('objected', () => {
  const objected = { kind: 'objected', run: 1, reason: 'there is no tool "nosuch"' } as const;

  it('rejects a row that was made before it was known that it can never be launched', () => {
    const task = movedBy(samples['QUEUED, held'], objected, start + minute);
    expect(task).toMatchObject({ phase: 'REJECTED', reason: 'there is no tool "nosuch"', run: 1 });
    expect(outboxOf(task)).toEqual(['dead', 'event.rejected', 'reply.rejected', 'bus.rejected']);
  });

  it('frees the place of the run', () => {
    const queued = { ...samples.QUEUED, place: 'limit/echo' };
    const task = movedBy(queued, objected, start + minute);
    expect(task).toMatchObject({ outcome: 'rejected' });
    expect(outboxOf(task)).toContain('free');
  });

  it('changes nothing in a task that was launched before, or is launched now', () => {
    const again = { ...objected, run: 2 };
    const delayed = samples['QUEUED, delayed after exit 75'];
    expect(ignoredBy(delayed, again, start)).toMatch(/launched before/);
    expect(ignoredBy(samples.RUNNING, objected, start)).toMatch(/RUNNING/);
    expect(ignoredBy(samples.QUEUED, again, start)).toMatch(/run 1, not 2/);
  });
});

describe('what a message leaves in its row', () => {
  it('is a first run that has spent nothing', () => {
    const task = movedBy(undefined, submitted(), start);
    expect(task).toMatchObject({
      run: 1,
      attempts: 0,
      reclaims: 0,
      rings: 0,
      memoryDoubled: false,
    });
    expect(task).toMatchObject({ revision: 1, setbacks: 0, runs: [], outbox: [] });
  });

  it('is the tenant "default" where it cannot be a task', () => {
    const task = movedBy(undefined, { kind: 'rejected', rejection: rejectionNamed() }, start);
    expect(task).toMatchObject({ tenant: 'default', revision: 1, setbacks: 0 });
  });

  it('is what it carries and asks for, even where a cancel came first', () => {
    const carried = {
      correlationId: 'c-1',
      messageProperties: '{"priority":3}',
      replyTo: 'reply.a',
    };
    const request = { tool: 'echo', input: '{}', tenant: 'acme', version: '2.0.0' };
    const submission = { ...submissionOf(), ...carried, request };
    const made = movedBy(undefined, submitted(submission), start);
    const taken = movedBy(
      samples['CANCELLED, before its message'],
      submitted(submission),
      start + 1,
    );
    for (const task of [made, taken]) {
      expect(task).toMatchObject({
        ...carried,
        tool: 'echo',
        tenant: 'acme',
        askedVersion: '2.0.0',
      });
    }
  });
});

it('a message that took over a cancel changes nothing when it comes again', () => {
  const task = samples['CANCELLED, taken over by its message'];
  expect(ignoredBy(task, submitted(), start + minute)).toMatch(/has a row already/);
});
