import { describe, expect, it } from 'vitest';
import { arnOf, exit, minute, seen, start, stopped } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const { LAUNCHING: launching, STARTING: starting, RUNNING: running } = samples;
const later = running.updatedAt + minute;
const endpoint = { host: '10.0.0.7', port: 8080, protocol: 'tcp' };

describe('seen', () => {
  it('makes a run RUNNING from its start in ECS, with an event', () => {
    const now = start + minute;
    const next = movedBy(starting, seen(1, { startedAt: start + 40_000, endpoint }), now);
    expect(next).toMatchObject({ phase: 'RUNNING', startedAt: start + 40_000, endpoint });
    expect(outboxOf(next)).toEqual(['event.running', 'reply.running', 'count.start']);
    expect(next.outbox).toMatchObject([{ body: { run: 1, endpoint } }, {}, { version: '1.0.0' }]);
  });

  it('may come before the answer of RunTask', () => {
    expect(movedBy(launching, seen(1, { status: 'starting' }), later).phase).toBe('STARTING');
    expect(movedBy(launching, seen(1), later).phase).toBe('RUNNING');
    expect(movedBy(launching, stopped(1, exit(0)), later).phase).toBe('SUCCEEDED');
    expect(movedBy(starting, stopped(1, exit(0)), later).phase).toBe('SUCCEEDED');
  });

  it('takes only the row’s own fields from a sighting', () => {
    const { sighting, ...fact } = seen(1);
    const described = { ...sighting, startedBy: 'film-1/1', createdAt: start + 1 };
    const next = movedBy(launching, { ...fact, sighting: described }, later);
    expect(next).toMatchObject({ phase: 'RUNNING', createdAt: launching.createdAt });
    for (const name of ['status', 'startedBy', 'stop']) expect(next).not.toHaveProperty(name);
  });

  it('ignores a sighting that is not newer than the last one', () => {
    for (const ecsVersion of [2, 3]) {
      const old = stopped(1, exit(1), { ecsVersion });
      expect(ignoredBy(running, old, later)).toMatch(/nothing new/);
    }
    expect(movedBy(running, stopped(1, exit(1), { ecsVersion: 4 }), later).phase).toBe('QUEUED');
  });

  it('adds the endpoint of a running tool later, and removes that the run was missing', () => {
    const missed = samples['RUNNING, missing'];
    const next = movedBy(missed, seen(1, { ecsVersion: 4, endpoint }), later);
    expect(next).toMatchObject({ phase: 'RUNNING', endpoint });
    expect(next).not.toHaveProperty('missingSince');
    expect(outboxOf(next)).toEqual([]);
  });

  it('asks ECS to stop a run that was cancelled while it was launched', () => {
    const next = movedBy(samples['LAUNCHING, being cancelled'], seen(1), later);
    expect(next).toMatchObject({ phase: 'RUNNING', stopping: { why: 'cancel' } });
    expect(outboxOf(next)).toEqual(['stop', 'event.running', 'reply.running', 'count.start']);
  });

  it('stops an ECS task that is not the current one, once', () => {
    const stranger = seen(1, { ecsTaskArn: arnOf(1, 'b') });
    const next = movedBy(running, stranger, later);
    expect(next).toMatchObject({ phase: 'RUNNING', ecsTaskArn: arnOf(1) });
    expect(outboxOf(next)).toEqual(['stop']);
    expect(ignoredBy(next, stranger, later)).toMatch(/holds its stop already/);
  });

  it('ignores that a run which is not current has stopped', () => {
    const stranger = stopped(1, exit(1), { ecsTaskArn: arnOf(1, 'b') });
    expect(ignoredBy(running, stranger, later)).toMatch(/not the current one/);
  });

  it('knows when a run began that no sighting showed running', () => {
    const end = stopped(1, exit(0), { startedAt: start + 40_000 });
    const ended = movedBy(starting, end, later);
    expect(ended).toMatchObject({
      startedAt: start + 40_000,
      runs: [{ startedAt: start + 40_000, exitCode: 0 }],
    });
  });
});

describe('what a sighting leaves in the row', () => {
  it('is its version, and the reason of a stop that ECS is asked for again', () => {
    const task = samples['STARTING, being cancelled'];
    const next = movedBy(task, seen(1), task.updatedAt + 1);
    expect(next).toMatchObject({ phase: 'RUNNING', ecsVersion: 3 });
    expect(next.outbox[0]).toMatchObject({ kind: 'stop', why: 'no longer wanted' });
  });

  it('is the address of the tool, when it came later than the run', () => {
    const endpoint = { host: '10.0.0.7', port: 80, protocol: 'tcp' };
    const now = samples.RUNNING.updatedAt + 1;
    const next = movedBy(samples.RUNNING, seen(1, { ecsVersion: 9, endpoint }), now);
    expect(next).toMatchObject({ endpoint, updatedAt: now });
  });
});
