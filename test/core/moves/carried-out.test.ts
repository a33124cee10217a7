import { describe, expect, it } from 'vitest';
import { minute, start } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const unsent = samples['SUCCEEDED, not announced yet'];
describe('carriedOut', () => {
  it('removes what was carried out from the outbox, and nothing else', () => {
    const ids = ['film-1/1/reply.succeeded', 'film-1/9/doorbell'];
    const task = movedBy(unsent, { kind: 'carriedOut', ids }, start + minute);
    expect(outboxOf(task)).toEqual(['event.succeeded', 'bus.succeeded']);
    expect(task.outboxSince).toBe(unsent.outboxSince);
    const rest = task.outbox.map((effect) => effect.id);
    const empty = movedBy(task, { kind: 'carriedOut', ids: rest }, start + minute);
    expect(empty.outbox).toEqual([]);
    expect(empty.outboxSince).toBeUndefined();
  });

  it('gives up a reply that can never be sent, and notes it in the row; only a reply can be refused', () => {
    const refused = unsent.outbox.map(({ id }) => ({ id, why: 'reply_to must be …' }));
    const task = movedBy(unsent, { kind: 'carriedOut', ids: [], refused }, start + minute);
    expect(outboxOf(task)).toEqual(['event.succeeded', 'bus.succeeded']);
    expect(task.repliesGivenUp).toEqual({
      count: 1,
      what: 'succeeded',
      queue: 'reply.web',
      why: 'reply_to must be …',
      at: start + minute,
    });
  });

  it('changes nothing for an effect that has left the outbox', () => {
    const ids = ['film-1/9/doorbell'];
    expect(ignoredBy(unsent, { kind: 'carriedOut', ids }, start)).toMatch(/left the outbox/);
  });
});
