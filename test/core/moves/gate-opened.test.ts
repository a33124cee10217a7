import { describe, expect, it } from 'vitest';
import { due } from '../../../shared/core/due.ts';
import { hour, minute, second, start } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { asQueued, ignoredBy, movedBy } from '../../kit/step-helpers.ts';

const waits = samples['QUEUED, held by a gate'];
const open = (by = 'tool/echo') => ({ kind: 'gateOpened', by }) as const;

describe('gateOpened', () => {
  it('rings for a row that waits for the gate, which then waits for its doorbell', () => {
    const rung = movedBy(waits, open(), start + minute);
    expect(rung).toMatchObject({ rings: 1, rungAt: start + minute });
    expect(rung.outbox).toMatchObject([{ kind: 'doorbell', run: 1 }]);
    expect(due(rung)).toMatchObject({ kind: 'again', at: start + 6 * minute });
  });

  it('rings once, whatever the index says', () => {
    const rung = movedBy(waits, open(), start + minute);
    expect(ignoredBy(rung, open(), start + 2 * minute)).toMatch(/time of its own/);
  });

  it('leaves alone a row that waits for something else, or by itself, or not at all', () => {
    expect(ignoredBy(waits, open('tool/other'), start + minute)).toMatch(/this gate/);
    expect(ignoredBy(samples['QUEUED, held'], open(), start)).toMatch(/time of its own/);
    expect(ignoredBy(samples.QUEUED, open(), start)).toMatch(/this gate/);
    expect(ignoredBy(samples.RUNNING, open(), start)).toMatch(/RUNNING/);
  });

  it('leaves a row that cannot start in time to its end', () => {
    expect(ignoredBy(waits, open(), asQueued(waits).startBy)).toMatch(/startWithin/);
  });
});

describe('a row that waits for a gate', () => {
  it('is due by itself only when it fails, or when the gate must have been lost', () => {
    const queued = asQueued(waits);
    expect(due(queued)?.at).toBeGreaterThanOrEqual(start + 12 * hour);
    const soon = { ...queued, startBy: start + hour };
    expect(due(soon)).toMatchObject({ kind: 'act', at: start + hour });
    expect(due(soon)?.why).toMatch(/paused: tests; asked again when that changes; it fails if/);
  });

  it('is spread over hours with the others, so that a lost gate brings no flood', () => {
    const times = Array.from({ length: 1_000 }, (_, at) => {
      const task = { ...asQueued(waits), taskId: `film-${at}`, startBy: start + 100 * hour };
      return due(task)?.at ?? 0;
    });
    const inHour = times.filter((at) => at < start + 13 * hour + second).length;
    expect(inHour).toBeGreaterThan(50);
    expect(inHour).toBeLessThan(120);
    expect(Math.max(...times)).toBeLessThan(start + 24 * hour);
  });
});
