import { describe, expect, it } from 'vitest';
import { noLines, resultIn, type SpokenLine, takeLines } from '../../shared/core/run-lines.ts';

const now = 1_000_000;
const current = { now, isCurrent: true };
const output = (id: string, at = now): SpokenLine => ({
  id,
  at,
  kind: 'output',
  value: {},
});
const progress = (at: number, fraction: number): SpokenLine => ({
  id: `p${at}`,
  at,
  kind: 'progress',
  fraction,
});
const ready = (id: string): SpokenLine => ({ id, at: now, kind: 'ready' });

describe('takeLines', () => {
  it('places output in the order in which it was printed, whichever delivery comes first', () => {
    const later = takeLines(noLines, [output('c', now + 5)], current);
    const first = takeLines(noLines, [output('a'), output('b')], current);
    const positions = [...first.outputs, ...later.outputs].map(({ position }) => position);
    expect(positions).toEqual([now * 1_000, now * 1_000 + 1, (now + 5) * 1_000]);
    expect(later.next).toBe(noLines);
  });

  it('places output of a delivery that comes again where it was', () => {
    const said = Array.from({ length: 3_000 }, (_, n) => output(`${n}`, Date.UTC(2199, 0)));
    const [one, other] = [0, 1].map(() => takeLines(noLines, said, current).outputs);
    expect(one).toEqual(other);
    const positions = (one ?? []).map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions.every(Number.isSafeInteger)).toBe(true);
  });

  it('publishes progress at most once a second, and then the last of a delivery', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => progress(now + n, n / 10_000));
    const first = takeLines(noLines, many, current);
    expect(first.progress).toMatchObject({ fraction: 0.9999 });
    const soon = takeLines(first.next, [progress(now + 20_000, 1)], { ...current, now: now + 999 });
    expect(soon.progress).toBeUndefined();
    expect(soon.next).toBe(first.next);
    const later = takeLines(first.next, [progress(now + 20_000, 1)], {
      ...current,
      now: now + 1_000,
    });
    expect(later.progress).toMatchObject({ fraction: 1 });
  });

  it('leaves out progress that is older than what was published', () => {
    const first = takeLines(noLines, [progress(now + 5_000, 0.5)], current);
    const late = takeLines(first.next, [progress(now, 0.1)], { ...current, now: now + 60_000 });
    expect(late.progress).toBeUndefined();
  });

  it.each([
    [5 * 60_000, { fraction: 0.5 }],
    [5 * 60_000 + 1, undefined],
  ])('takes progress that was printed %d ms ago as %j', (age, taken) => {
    const late = takeLines(noLines, [progress(now, 0.5)], { ...current, now: now + age });
    if (taken) expect(late.progress).toMatchObject(taken);
    else expect(late).toEqual({ next: noLines, outputs: [] });
  });

  it('says once that a run is ready, and again only when that delivery comes again', () => {
    const first = takeLines(noLines, [ready('a'), ready('b')], current);
    expect(first.ready).toMatchObject({ id: 'a' });
    expect(takeLines(first.next, [ready('c')], current).ready).toBeUndefined();
    expect(takeLines(first.next, [ready('a'), ready('b')], current).ready).toMatchObject({
      id: 'a',
    });
  });

  it('takes only output of a run that is not the current one', () => {
    const past = { now, isCurrent: false };
    const taken = takeLines(noLines, [output('a'), progress(now, 1), ready('b')], past);
    expect(taken.outputs).toHaveLength(1);
    expect(taken.next).toBe(noLines);
    expect(taken).not.toHaveProperty('progress');
    expect(taken).not.toHaveProperty('ready');
  });
});

describe('resultIn', () => {
  it('is the one that was printed last', () => {
    const result = (at: number, json: string): SpokenLine => ({
      id: json,
      at,
      kind: 'result',
      json,
    });
    expect(resultIn([result(2, '{"a":2}'), result(1, '{"a":1}')])).toMatchObject({
      json: '{"a":2}',
    });
    expect(resultIn([output('a')])).toBeUndefined();
  });
});
