import { describe, expect, it } from 'vitest';
import { noLines, takeLines } from '../../shared/core/run-lines.ts';
import { spokenNotices, standingOf } from '../../shared/core/spoken-notice.ts';
import { arnOf, exit, second, start, stopped } from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';

const { RUNNING: running } = samples;
const of = { taskId: running.taskId, run: 1, ecsTaskArn: arnOf(1) };

describe('standingOf', () => {
  it('says what a run is to its row', () => {
    expect(standingOf(samples.LAUNCHING, of)).toBe('current');
    expect(standingOf(running, of)).toBe('current');
    expect(standingOf(onward(running, [second, stopped(1, exit(0))]), of)).toBe('ended');
    expect(standingOf(onward(running, [second, stopped(1, exit(75))]), of)).toBe('past');
  });

  it('does not know another ECS task of the same run, or a run that was never launched', () => {
    expect(standingOf(running, { ...of, ecsTaskArn: arnOf(1, 'b') })).toBeUndefined();
    expect(standingOf(samples.QUEUED, of)).toBeUndefined();
    expect(standingOf(running, { ...of, run: 2 })).toBeUndefined();
  });
});

describe('spokenNotices', () => {
  const taken = takeLines(
    noLines,
    [
      { id: '1', at: start, kind: 'output', value: { page: 1 } },
      { id: '2', at: start + 1, kind: 'ready' },
      { id: '3', at: start + 2, kind: 'progress', fraction: 0.5, step: 'encode' },
      { id: '4', at: start + 3, kind: 'output', value: { page: 2 } },
    ],
    { now: start, isCurrent: true },
  );

  it('has ready first, then the output in order, and progress apart', () => {
    const { lasting, passing } = spokenNotices(running, of, taken, 'event');
    expect(lasting.map(({ id }) => id)).toEqual([
      'film-1/1/event.ready',
      'film-1/1/event.output.1',
      'film-1/1/event.output.4',
    ]);
    expect(lasting.at(-1)).toMatchObject({
      what: 'output',
      at: start + 3,
      sequence: running.revision,
      body: { run: 1, tool: 'echo', position: (start + 3) * 1_000, output: { page: 2 } },
    });
    expect(passing).toMatchObject([{ what: 'progress', body: { fraction: 0.5, step: 'encode' } }]);
  });

  it('names the run that printed it, also when another one is current', () => {
    const next = onward(running, [second, stopped(1, exit(75))]);
    const { lasting } = spokenNotices(next, of, taken, 'reply');
    expect(lasting.at(-1)).toMatchObject({
      id: 'film-1/1/reply.output.4',
      run: 1,
      body: { run: 1 },
    });
  });
});
