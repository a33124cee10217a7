import { describe, expect, it } from 'vitest';
import { due } from '../../../shared/core/due.ts';
import type { Hold } from '../../../shared/core/task-parts.ts';
import { hour, launchDecided, minute, releaseNamed, second, start } from '../../kit/facts.ts';
import { samples } from '../../kit/samples.ts';
import { ignoredBy, movedBy } from '../../kit/step-helpers.ts';

const { QUEUED: queued, LAUNCHING: launching, RUNNING: running } = samples;
const delayed = samples['QUEUED, delayed after exit 75'];
const hold: Hold = { by: 'tool/echo', why: 'echo is paused', since: start };

describe('held', () => {
  it('stores what the row waits for, and lets its doorbell be rung again', () => {
    const held = movedBy(
      samples['QUEUED, rung'],
      { kind: 'held', run: 1, hold },
      start + 2 * minute,
    );
    expect(held).toMatchObject({ phase: 'QUEUED', hold, rings: 0 });
    expect(held).not.toHaveProperty('rungAt');
  });

  it('replaces a delay that is over', () => {
    const opensAt = delayed.updatedAt + 5 * minute;
    const now = delayed.updatedAt + 10 * second;
    const held = movedBy(delayed, { kind: 'held', run: 2, hold: { ...hold, opensAt } }, now);
    expect(held).not.toHaveProperty('notBefore');
    expect(due(held)).toMatchObject({ kind: 'held', at: opensAt });
  });

  it('counts a delay as over once its doorbell was rung, even where another clock is late', () => {
    const rung = movedBy(delayed, { kind: 'timePassed' }, delayed.updatedAt + 10 * second);
    const early = delayed.updatedAt + 9 * second;
    expect(movedBy(rung, launchDecided(rung, early), early).phase).toBe('LAUNCHING');
    expect(movedBy(rung, { kind: 'held', run: 2, hold }, early)).toMatchObject({ hold });
  });

  it('does not shorten a delay', () => {
    const now = delayed.updatedAt + second;
    expect(ignoredBy(delayed, { kind: 'held', run: 2, hold }, now)).toMatch(/delay/);
  });

  it('changes nothing for another run than the one that waits', () => {
    expect(ignoredBy(queued, { kind: 'held', run: 2, hold }, start)).toMatch(/run 1, not 2/);
    expect(ignoredBy(running, { kind: 'held', run: 1, hold }, start)).toMatch(/RUNNING/);
  });
});

describe('a hold that is the same', () => {
  const waits = samples['QUEUED, held'];
  const same = waits.phase === 'QUEUED' && waits.hold ? waits.hold : hold;
  const held = (other: Partial<Hold> = {}) =>
    ({ kind: 'held', run: 1, hold: { ...same, ...other } }) as const;

  it('changes nothing', () => {
    expect(ignoredBy(waits, held(), start + second)).toMatch(/held for the same reason already/);
  });

  it.each<[string, Partial<Hold>]>([
    ['another part', { by: 'tool/other' }],
    ['another reason', { why: 'echo is broken' }],
    ['a later beginning', { since: start + 1 }],
    ['another time', { opensAt: start + hour }],
  ])('is another one with %s', (_what, other) => {
    expect(movedBy(waits, held(other), start + second)).toMatchObject({ hold: other });
  });

  it('is written again where the doorbell was rung for it', () => {
    const rung = samples['QUEUED, rung'];
    const again = movedBy(rung, held(), start + 2 * minute);
    expect(again).toMatchObject({ hold: same, rings: 0 });
  });
});

describe('launchDecided', () => {
  it('saves the order before it is sent, with the version that the task will keep', () => {
    expect(launching).toMatchObject({
      phase: 'LAUNCHING',
      placement: 'cpu-spot',
      release: { version: '1.0.0' },
      launchOrder: { startedBy: 'film-1/1', intendedAt: start },
    });
    expect(launching.outbox).toEqual([]);
  });

  it('waits for the delay of the run', () => {
    const now = delayed.updatedAt + second;
    expect(ignoredBy(delayed, launchDecided(delayed, now), now)).toMatch(/delay/);
    const then = delayed.updatedAt + 10 * second;
    expect(movedBy(delayed, launchDecided(delayed, then), then).phase).toBe('LAUNCHING');
  });

  it('keeps the version of the first launch for a later run', () => {
    const now = delayed.updatedAt + 10 * second;
    const decision = launchDecided(delayed, now, { release: releaseNamed('2.0.0') });
    expect(movedBy(delayed, decision, now)).toMatchObject({ release: { version: '1.0.0' } });
  });

  it('changes nothing after the task’s startWithin', () => {
    const now = start + 24 * hour;
    expect(ignoredBy(queued, launchDecided(queued, now), now)).toMatch(/startWithin has passed/);
  });

  it('stores everything of the release and of the order', () => {
    const command = ['echo', '{input.a}'];
    const release = { ...releaseNamed('1.0.0', { command: ['echo'] }), imageDigest: 'sha256:abc' };
    const decision = launchDecided(queued, start, { release });
    const fact = { ...decision, order: { ...decision.order, command } };
    expect(movedBy(queued, fact, start)).toMatchObject({ release, launchOrder: fact.order });
  });

  it('waits while the outbox is full of effects that must not be lost', () => {
    const dead = { kind: 'dead', run: 1, reason: 'exit 64' } as const;
    const outbox = Array.from({ length: 30 }, (_, n) => ({ ...dead, id: `film-1/${n}/dead` }));
    const full = { ...queued, outbox };
    expect(ignoredBy(full, launchDecided(full, start), start)).toMatch(/carried out first/);
    const room = { ...queued, outbox: outbox.slice(1) };
    expect(movedBy(room, launchDecided(room, start), start).phase).toBe('LAUNCHING');
  });

  it('stores the place in a limit that the run got', () => {
    const decision = launchDecided(queued, start, { place: 'limit/echo' });
    expect(movedBy(queued, decision, start)).toMatchObject({ place: 'limit/echo' });
  });
});

describe('the time by which a task must run', () => {
  const blind = samples['QUEUED, its spec not known'];
  const known = { startWithinMs: 20 * minute };

  it('is a day while the spec cannot be read, and then the spec’s, counted from when the task was queued', () => {
    expect(blind).toMatchObject({ startBy: start + 24 * hour, startByProvisional: true });
    const still = movedBy(blind, { kind: 'held', run: 1, hold }, start + minute);
    expect(still).toMatchObject({ startBy: start + 24 * hour, startByProvisional: true });
    const held = movedBy(still, { kind: 'held', run: 1, hold, ...known }, start + 2 * minute);
    expect(held.startBy).toBe(start + 20 * minute);
    expect(held).not.toHaveProperty('startByProvisional');
    const later = { kind: 'held', run: 1, hold: { ...hold, since: start + 1 } } as const;
    const again = movedBy(held, { ...later, startWithinMs: hour }, start + 3 * minute);
    expect(again.startBy).toBe(start + 20 * minute);
  });

  it('is the spec’s for a launch, which is not made after it', () => {
    const now = start + 5 * minute;
    const decided = { ...launchDecided(blind, now), ...known };
    const launched = movedBy(blind, decided, now);
    expect(launched).toMatchObject({ phase: 'LAUNCHING', startBy: start + 20 * minute });
    expect(launched).not.toHaveProperty('startByProvisional');
    const late = start + 30 * minute;
    const over = movedBy(blind, { ...launchDecided(blind, late), ...known }, late);
    expect(over).toMatchObject({ phase: 'QUEUED', startBy: start + 20 * minute });
    expect(due(over)?.at).toBeLessThanOrEqual(late);
    expect(movedBy(over, { kind: 'timePassed' }, late)).toMatchObject({
      phase: 'FAILED',
      reason: expect.stringMatching(/^it did not run within 20 min/),
    });
  });

  it('counts from the redrive where the spec could not be read then', () => {
    const now = start + 5 * hour;
    const redriven = movedBy(samples.FAILED, { kind: 'redriveAsked' }, now);
    expect(redriven).toMatchObject({ startBy: now + 24 * hour, startByProvisional: true });
    const held = movedBy(redriven, { kind: 'held', run: 2, hold, ...known }, now + minute);
    expect(held.startBy).toBe(now + 20 * minute);
  });
});
