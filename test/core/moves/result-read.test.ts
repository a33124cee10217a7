import { describe, expect, it } from 'vitest';
import { isAwaited } from '../../../shared/core/moves/result-read.ts';
import type { Task } from '../../../shared/core/task.ts';
import {
  arnOf,
  exit,
  launchDecided,
  minute,
  releaseNamed,
  second,
  seen,
  start,
  stopped,
} from '../../kit/facts.ts';
import { onward, samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy, outboxOf } from '../../kit/step-helpers.ts';

const withResult = [
  0,
  (_row: unknown, now: number) =>
    launchDecided(samples.QUEUED, now, { release: releaseNamed('1', { result: true }) }),
] as const;
const waiting = onward(samples.QUEUED, withResult, [second, stopped(1, exit(0))]);
const running = onward(samples.QUEUED, withResult, [second, seen(1, { status: 'running' })]);

describe('resultRead', () => {
  const result = { kind: 'resultRead', run: 1, result: '{"frames":240}', at: start } as const;
  const missing = { kind: 'resultRead', run: 1, missing: 'its log has none' } as const;

  it('is stored in the ended row, and releases the reply that waited for it', () => {
    const task = movedBy(waiting, result, waiting.updatedAt + second);
    expect(task).toMatchObject({ result: '{"frames":240}', resultAt: start });
    for (const effect of task.outbox) expect(effect).not.toHaveProperty('notBefore');
    expect(outboxOf(task)).toEqual(outboxOf(waiting));
    expect(task.outboxSince).toBe(waiting.outboxSince);
  });

  it('releases no notice of why the task waited, which has its own time', () => {
    const hold = (cause: string) => ({
      by: 'tool/echo',
      cause,
      why: `echo: ${cause}`,
      since: start,
    });
    const paced = onward(
      samples.QUEUED,
      [0, { kind: 'held', run: 1, hold: hold('paused') }],
      [second, { kind: 'held', run: 1, hold: hold('noCapacity') }],
      withResult,
    );
    const times = ({ outbox }: Task) =>
      outbox.map((effect) => (effect.kind === 'notify' ? effect.notBefore : undefined));
    expect(times(paced)).toContain(start + minute);
    expect(isAwaited(paced)).toBe(false);
    const task = movedBy(paced, result, paced.updatedAt + second);
    expect(times(task)).toEqual(times(paced));
  });

  it('comes before the end of the run, and then no reply waits', () => {
    const said = onward(running, [second, result], [second, stopped(1, exit(0))]);
    expect(said).toMatchObject({ phase: 'SUCCEEDED', result: '{"frames":240}' });
    for (const effect of said.outbox) expect(effect).not.toHaveProperty('notBefore');
  });

  it('may follow a line that could not be used: the reply to the end still waits for it', () => {
    const ended = onward(running, [second, missing], [second, stopped(1, exit(0))]);
    expect(ended).toMatchObject({ phase: 'SUCCEEDED', resultMissing: 'its log has none' });
    expect(isAwaited(ended)).toBe(true);
    expect(ignoredBy(ended, missing, ended.updatedAt + second)).toMatch(/says already/);
    const late = movedBy(ended, result, ended.updatedAt + second);
    expect(late).toMatchObject({ result: '{"frames":240}' });
    expect(isAwaited(late)).toBe(false);
    const none = movedBy(ended, { ...missing, missing: 'other' }, ended.updatedAt + minute);
    expect(none).toMatchObject({ resultMissing: 'other' });
    expect(isAwaited(none)).toBe(false);
  });

  it('belongs to its run: the next one does not get it, and a late one is not taken', () => {
    const next = onward(running, [second, result], [second, stopped(1, exit(75))]);
    expect(next).toMatchObject({ phase: 'QUEUED', run: 2 });
    expect(next).not.toHaveProperty('result');
    expect(ignoredBy(next, result, start)).toMatch(/about run 2, not 1/);
    expect(ignoredBy(next, { ...result, run: 2 }, start)).toMatch(/has not been launched/);
    expect(ignoredBy(running, { ...result, ecsTaskArn: arnOf(1, 'b') }, start)).toMatch(
      /is another one/,
    );
  });

  it('is the one that was printed last, until it was sent', () => {
    const later = { ...result, result: '{"frames":250}', at: start + second };
    const said = onward(running, [second, result], [second, later]);
    expect(said).toMatchObject({ result: '{"frames":250}' });
    expect(ignoredBy(said, result, start)).toMatch(/read already/);
    const ended = onward(said, [second, stopped(1, exit(0))]);
    expect(ignoredBy(ended, { ...later, at: start + minute }, start)).toMatch(/read already/);
  });

  it('takes the place of the reason why there was none, and never the other way round', () => {
    const late = movedBy(movedBy(waiting, missing, start), result, start);
    expect(late).toMatchObject({ result: '{"frames":240}' });
    expect(late).not.toHaveProperty('resultMissing');
    expect(ignoredBy(late, missing, start)).toMatch(/read already/);
    const none = movedBy(waiting, missing, start);
    expect(ignoredBy(none, { ...missing, missing: 'other' }, start)).toMatch(/says already/);
    for (const effect of none.outbox) expect(effect).not.toHaveProperty('notBefore');
  });

  it('is nothing where nothing was read', () => {
    expect(ignoredBy(waiting, { kind: 'resultRead', run: 1 }, start)).toMatch(/nothing was read/);
  });
});
