import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ComparisonPlace,
  comparisonStart,
  ghostDecision,
  listedToTheEnd,
  withSuspects,
} from '../../shared/core/comparison.ts';

const ghosts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ id: `ghost-${from + at}` }));

const at = (
  listed: number,
  suspects: readonly { readonly id: string }[] = [],
): ComparisonPlace => ({
  ...comparisonStart,
  listed,
  earlierSuspects: suspects.map(({ id }) => id),
});

describe('the decision about ghosts', () => {
  it('never stops more than one in twenty of many', () => {
    expect(ghostDecision([], at(239)).limit).toBe(11);
    expect(ghostDecision([], at(90_000)).limit).toBe(1_000);
  });

  it.each([
    ['ten of few ECS tasks', 10, 12],
    ['one in twenty of many', 500, 10_000],
  ])('stops all of %s at once', (_name, count, listed) => {
    const found = ghosts(count);
    expect(ghostDecision(found, at(listed))).toEqual({ stop: found, left: [], limit: count });
  });

  it('stops none of too many that no earlier sweep saw', () => {
    expect(ghostDecision(ghosts(11), at(200))).toEqual({ stop: [], left: ghosts(11), limit: 10 });
  });

  it('stops the oldest that an earlier sweep saw too, up to the limit', () => {
    const found = ghosts(30);
    const { stop, left } = ghostDecision(found, at(200, ghosts(20, 5)));
    expect(stop).toEqual(ghosts(10, 5));
    expect(left).toEqual([...ghosts(5), ...ghosts(15, 15)]);
  });

  it('counts as seen before what the same list has noted, and what the list before it noted', () => {
    const noted = withSuspects(at(200), ghosts(11));
    expect(ghostDecision(ghosts(11), noted).stop).toEqual(ghosts(10));
    expect(ghostDecision(ghosts(11), listedToTheEnd(noted)).stop).toEqual(ghosts(10));
    expect(ghostDecision(ghosts(11), listedToTheEnd(listedToTheEnd(noted))).stop).toEqual([]);
  });

  it('never stops more than a sweep has time for, and loses none', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(200_000), fc.nat(5_000), (count, listed, seenBefore) => {
        const found = ghosts(count);
        const { stop, left } = ghostDecision(found, at(listed, ghosts(seenBefore)));
        expect(stop.length).toBeLessThanOrEqual(1_000);
        expect(new Set([...stop, ...left])).toEqual(new Set(found));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the progress of the comparison', () => {
  it('notes no more ghosts than its item can store, after any number of sweeps', () => {
    let place = at(200_000);
    for (let sweep = 0; sweep < 10; sweep += 1)
      place = withSuspects(place, ghosts(2_000, sweep * 2_000));
    expect(place.suspects).toHaveLength(3_000);
  });

  it('has no position in a list that was read to its end', () => {
    const place = listedToTheEnd({ ...at(300), listAfter: 'arn:1', table: { phase: 'RUNNING' } });
    expect(place).toEqual({ ...comparisonStart, table: { phase: 'RUNNING' } });
  });
});
