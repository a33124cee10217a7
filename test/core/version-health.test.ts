import { describe, expect, it } from 'vitest';
import type { EffectOf } from '../../shared/core/effect.ts';
import type { VersionRecord } from '../../shared/core/release.ts';
import { countedIn, hasBroken } from '../../shared/core/version-health.ts';
import { minute, releaseNamed, second, start } from '../kit/facts.ts';

const release = releaseNamed('1.0.0');
const definition = release.definitions.fargate ?? '';
const fresh: VersionRecord = { ...release, specVersion: 1, registeredAt: start, failedStarts: 0 };

type Counted = Pick<EffectOf<'count'>, 'saw'> & { readonly task: string; readonly at: number };

const effectOf = ({ task, saw, at }: Counted, of = definition): EffectOf<'count'> => ({
  kind: 'count',
  id: `${task}/1/count.${saw}`,
  run: 1,
  tool: 'echo',
  version: '1.0.0',
  definition: of,
  saw,
  at: start + at * second,
  why: 'exec format error',
});

const failed = (at: number): Counted => ({ task: `t-${at}`, saw: 'failedStart', at });
const started = (at: number): Counted => ({ task: `t-${at}`, saw: 'start', at });
const succeeded = (at: number): Counted => ({ task: `t-${at}`, saw: 'success', at });

const recordAfter = (...all: readonly Counted[]): VersionRecord =>
  all.reduce((record, one) => countedIn(record, one.task, effectOf(one)), fresh);

describe('a version', () => {
  it('is broken after three failed starts in a row, with the last reason', () => {
    expect(recordAfter(failed(1), failed(2))).toMatchObject({ failedStarts: 2 });
    expect(recordAfter(failed(1), failed(2))).not.toHaveProperty('broken');
    expect(recordAfter(failed(1), failed(2), failed(3))).toMatchObject({
      failedStarts: 3,
      broken: '3 starts in a row failed, the last one: exec format error',
      brokenAt: start + 3 * second,
    });
  });

  it('counts a failed start once, however often and late its effect comes', () => {
    const twice = recordAfter(failed(1), failed(1), failed(2), failed(1), failed(2));
    expect(twice).toMatchObject({ failedStarts: 2 });
    const many = recordAfter(failed(1), failed(2), failed(3), failed(4), failed(1), failed(2));
    expect(many.failedRuns?.map(({ run }) => run)).toEqual(['t-2/1', 't-3/1', 't-4/1']);
    expect(many.brokenAt).toBe(start + 3 * second);
  });

  it.each([started, succeeded])('that starts is not broken: the count begins again', (works) => {
    expect(recordAfter(failed(1), failed(2), works(3), failed(4), failed(5))).toMatchObject({
      failedStarts: 2,
    });
    // What is told later than it happened.
    expect(recordAfter(works(3), failed(1), failed(2))).toMatchObject({ failedStarts: 0 });
    const late = recordAfter(failed(1), failed(3), failed(4), works(2));
    expect(late).toMatchObject({ failedStarts: 2 });
    expect(late).not.toHaveProperty('broken');
    expect(late).not.toHaveProperty('brokenAt');
  });

  it('stays broken when a start that came before is told late', () => {
    expect(recordAfter(failed(2), failed(3), failed(4), started(1))).toMatchObject({
      failedStarts: 3,
      broken: expect.any(String),
    });
  });

  it('is proven by its first success, and not by a start', () => {
    expect(recordAfter(started(1))).not.toHaveProperty('provenAt');
    expect(recordAfter(started(1), succeeded(2), succeeded(9))).toMatchObject({
      provenAt: start + 2 * second,
    });
  });

  it('is not written for each start', () => {
    const once = recordAfter(started(1));
    expect(countedIn(once, 't-20', effectOf(started(20)))).toBe(once);
    const later = effectOf(started(minute / second + 1));
    expect(countedIn(once, 't-61', later).countsFrom).toBe(later.at);
  });

  it('is not judged by runs of other task definitions', () => {
    const other = `${definition}2`;
    const all = [failed(1), failed(2), failed(3), succeeded(4)];
    for (const one of all) expect(countedIn(fresh, one.task, effectOf(one, other))).toBe(fresh);
  });

  it('knows which failed starts have made it broken', () => {
    const broken = recordAfter(failed(1), failed(2), failed(3));
    expect(hasBroken(broken, 't-3', 1)).toBe(true);
    expect(hasBroken(broken, 't-3', 2)).toBe(false);
    expect(hasBroken(recordAfter(failed(3)), 't-3', 1)).toBe(false);
  });
});
