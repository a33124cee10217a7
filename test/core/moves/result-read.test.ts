import { describe, expect, it } from 'vitest';
import { exit, launchDecided, releaseNamed, second, start, stopped } from '../../kit/facts.ts';
import { onward, samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const waiting = onward(
  samples.QUEUED,
  [0, (row, now) => launchDecided(row, now, { release: releaseNamed('1', { result: true }) })],
  [second, stopped(1, exit(0))],
);

describe('resultRead', () => {
  const result = { kind: 'resultRead', run: 1, result: '{"frames":240}' } as const;

  it('is stored in the ended row, and releases the reply that waited for it', () => {
    const task = movedBy(waiting, result, waiting.updatedAt + second);
    expect(task).toMatchObject({ result: '{"frames":240}' });
    for (const effect of task.outbox) expect(effect).not.toHaveProperty('notBefore');
    expect(outboxOf(task)).toEqual(outboxOf(waiting));
    expect(task.outboxSince).toBe(waiting.outboxSince);
  });

  it('is the last lines of the log too', () => {
    const fact = { kind: 'resultRead', run: 1, logTail: 'frame 240' } as const;
    expect(movedBy(waiting, fact, start)).toMatchObject({ logTail: 'frame 240' });
  });

  it('is read once, from the run that ended the task', () => {
    expect(ignoredBy(waiting, { ...result, run: 2 }, start)).toMatch(/has not ended/);
    expect(ignoredBy(samples.RUNNING, result, start)).toMatch(/has not ended/);
    const task = movedBy(waiting, result, start);
    expect(ignoredBy(task, { ...result, result: '{}' }, start)).toMatch(/read already/);
    expect(ignoredBy(waiting, { kind: 'resultRead', run: 1 }, start)).toMatch(/nothing was read/);
  });
});
