import { describe, expect, it } from 'vitest';
import {
  exit,
  launchDecided,
  minute,
  releaseNamed,
  second,
  start,
  stopped,
} from '../../kit/facts.ts';
import { onward, samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const told = samples['SUCCEEDED, not told yet'];
const waiting = onward(
  samples.QUEUED,
  [0, (row, now) => launchDecided(row, now, { release: releaseNamed('1', { result: true }) })],
  [second, stopped(1, exit(0))],
);

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

describe('resultRead', () => {
  const result = { kind: 'resultRead', run: 1, result: '{"frames":240}' } as const;

  it('is kept in the ended row, and lets the reply go that waited for it', () => {
    const task = movedBy(waiting, result, waiting.updatedAt + second);
    expect(task).toMatchObject({ result: '{"frames":240}' });
    for (const effect of task.outbox) expect(effect).not.toHaveProperty('notBefore');
    expect(outboxOf(task)).toEqual(outboxOf(waiting));
    expect(task.outboxSince).toBe(waiting.outboxSince);
  });

  it('is about the run that ended the task, and is read once', () => {
    expect(ignoredBy(waiting, { ...result, run: 2 }, start)).toMatch(/has not ended/);
    expect(ignoredBy(samples.RUNNING, result, start)).toMatch(/has not ended/);
    const task = movedBy(waiting, result, start);
    expect(ignoredBy(task, { ...result, result: '{}' }, start)).toMatch(/read already/);
    expect(ignoredBy(waiting, { kind: 'resultRead', run: 1 }, start)).toMatch(/nothing was read/);
  });
});
