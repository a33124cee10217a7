import { describe, expect, it } from 'vitest';
import { minute, start } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const told = samples['SUCCEEDED, not told yet'];
describe('carriedOut', () => {
  it('takes from the outbox what was carried out, and only that', () => {
    const ids = ['film-1/1/reply.succeeded', 'film-1/9/doorbell'];
    const task = movedBy(told, { kind: 'carriedOut', ids }, start + minute);
    expect(outboxOf(task)).toEqual(['event.succeeded', 'bus.succeeded']);
    expect(task.outboxSince).toBe(told.outboxSince);
    const rest = task.outbox.map((effect) => effect.id);
    const empty = movedBy(task, { kind: 'carriedOut', ids: rest }, start + minute);
    expect(empty.outbox).toEqual([]);
    expect(empty.outboxSince).toBeUndefined();
  });

  it('gives up a reply that can never be sent, and says so; nothing but a reply can be refused', () => {
    const refused = told.outbox.map(({ id }) => ({ id, why: 'reply_to must be …' }));
    const task = movedBy(told, { kind: 'carriedOut', ids: [], refused }, start + minute);
    expect(outboxOf(task)).toEqual(['event.succeeded', 'bus.succeeded']);
    expect(task.repliesGivenUp).toEqual({
      count: 1,
      what: 'succeeded',
      queue: 'reply.web',
      why: 'reply_to must be …',
      at: start + minute,
    });
  });

  it('changes nothing for what has left already', () => {
    const ids = ['film-1/9/doorbell'];
    expect(ignoredBy(told, { kind: 'carriedOut', ids }, start)).toMatch(/left the outbox/);
  });
});
