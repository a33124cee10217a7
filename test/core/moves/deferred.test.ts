import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../shared/core/fact.ts';
import type { Task } from '../../../shared/core/task.ts';
import { hour, minute, second } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const row: Fact = { kind: 'deferred', what: 'row', why: 'ECS could not be reached' };

const unannounced = samples['SUCCEEDED, not announced yet'];
const reply = `${unannounced.taskId}/1/reply.succeeded`;
const event = `${unannounced.taskId}/1/event.succeeded`;

const outboxFailed = (...ids: readonly string[]): Fact => ({
  kind: 'deferred',
  what: 'outbox',
  failures: ids.map((id) => ({ id, why: `${id} failed` })),
});

describe('a row on which the sweep failed', () => {
  it('is deferred for twice as long each time', () => {
    const now = samples.RUNNING.updatedAt + hour;
    const once = movedBy(samples.RUNNING, row, now);
    expect(once).toMatchObject({ setbacks: 1, deferredUntil: now + minute });
    expect(ignoredBy(once, row, now + minute - 1)).toMatch(/deferred already/);
    const twice = movedBy(once, row, now + minute);
    expect(twice).toMatchObject({ setbacks: 2, deferredUntil: now + 3 * minute });
  });

  it('is deferred for a minute at most while its run is to stop', () => {
    const task = { ...samples['RUNNING, being cancelled'], setbacks: 9 };
    const now = task.updatedAt + hour;
    expect(movedBy(task, row, now)).toMatchObject({ setbacks: 10, deferredUntil: now + minute });
  });

  it('is no longer deferred after any other move', () => {
    const deferred = movedBy(samples.RUNNING, row, samples.RUNNING.updatedAt + hour);
    const later = movedBy(deferred, { kind: 'cancelAsked', taskId: 'film-1' }, deferred.updatedAt);
    expect(later.setbacks).toBe(0);
    expect(later.deferredUntil).toBeUndefined();
  });
});

describe('an outbox that could not be carried out', () => {
  const now = unannounced.updatedAt + minute;

  it('waits twice as long each time, and names the first effect that failed', () => {
    const once = movedBy(unannounced, outboxFailed('gone', reply, event), now);
    expect(once).toMatchObject({
      setbacks: 1,
      outboxSince: now,
      outboxTrouble: { id: reply, why: `${reply} failed` },
    });
    expect(ignoredBy(once, outboxFailed(reply), now + minute - 1)).toMatch(/deferred already/);
    const then = now + minute;
    expect(movedBy(once, outboxFailed(reply), then).outboxSince).toBe(then + minute);
  });

  it('waits a minute at most while it holds a stop', () => {
    const stopping = movedBy(
      samples['SUCCEEDED, not announced yet'],
      {
        kind: 'seen',
        run: 1,
        sighting: { ecsTaskArn: 'arn/b', ecsVersion: 1, status: 'running' },
      },
      now,
    );
    expect(outboxOf(stopping)).toContain('stop');
    const later = now + hour;
    const task: Task = { ...stopping, setbacks: 9 };
    expect(movedBy(task, outboxFailed(event), later).outboxSince).toBe(later);
    const { outbox } = task;
    const without: Task = { ...task, outbox: outbox.filter(({ kind }) => kind !== 'stop') };
    expect(movedBy(without, outboxFailed(event), later).outboxSince).toBe(later + 9 * minute);
  });

  it('gives up a reply that failed again a day after it was made, and no other effect', () => {
    const day = 24 * hour;
    const early = movedBy(unannounced, outboxFailed(reply, event), unannounced.updatedAt + day - 1);
    expect(early.outbox).toHaveLength(3);
    const late = unannounced.updatedAt + day;
    expect(movedBy(unannounced, outboxFailed(event), late).outbox).toHaveLength(3);
    const given = movedBy(unannounced, outboxFailed(event, reply), late);
    expect(outboxOf(given)).toEqual(['event.succeeded', 'bus.succeeded']);
    expect(given).toMatchObject({
      outboxTrouble: { id: event },
      repliesGivenUp: {
        count: 1,
        what: 'succeeded',
        queue: 'reply.web',
        why: `${reply} failed`,
        at: late,
      },
    });
  });

  it('is empty when its last effect was a reply that is given up', () => {
    const outbox = unannounced.outbox.filter(({ id }) => id === reply);
    const task: Task = { ...unannounced, outbox };
    const given = movedBy(task, outboxFailed(reply), unannounced.updatedAt + 25 * hour);
    expect(given.outbox).toEqual([]);
    expect(given.outboxSince).toBeUndefined();
  });

  it('waits for its only effect too', () => {
    const task: Task = { ...unannounced, outbox: unannounced.outbox.slice(0, 1) };
    expect(movedBy(task, outboxFailed(event), now).outboxSince).toBe(now);
  });

  it('is not deferred where it is empty', () => {
    const later = samples.SUCCEEDED.updatedAt + hour;
    expect(ignoredBy(samples.SUCCEEDED, outboxFailed(reply), later)).toMatch(/empty/);
  });
});

describe('a reply that can never be sent', () => {
  it('leaves the outbox alone, and the row keeps a note of it', () => {
    const now = unannounced.updatedAt + second;
    const refused = [
      { id: 'another', why: 'not this one' },
      { id: reply, why: 'no such queue' },
    ];
    const task = movedBy(unannounced, { kind: 'carriedOut', ids: [], refused }, now);
    expect(outboxOf(task)).toEqual(['event.succeeded', 'bus.succeeded']);
    const other: Fact = { kind: 'carriedOut', ids: [], refused: refused.slice(0, 1) };
    expect(ignoredBy(unannounced, other, now)).toMatch(/left the outbox already/);
    expect(task.repliesGivenUp).toEqual({
      count: 1,
      what: 'succeeded',
      queue: 'reply.web',
      why: 'no such queue',
      at: now,
    });
  });
});
