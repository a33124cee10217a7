import { expect, it } from 'vitest';
import { droppingRelease } from './dropping-release.ts';
import { openFunctions } from './functions.ts';
import { planOf } from './plan-of.ts';
import { promiseOf, shrink } from './shrink.ts';
import type { Release } from './world.ts';

const good: Release = { name: 'current', openFunctions };

const silent = droppingRelease('broker', 'announce', { kind: 'sent' });

const clock = { now: () => performance.now() };

it('leaves the happenings that break the promise, and a world without other troubles', async () => {
  const small = await shrink(
    planOf(10),
    { current: silent, previous: silent },
    { runs: 80, ms: 25_000, ...clock },
  );
  expect(small && promiseOf(small.violation)).toBe('outbox');
  expect(small?.runs).toBeLessThanOrEqual(80);
  const kinds = small?.plan.happenings.map(({ kind }) => kind);
  expect(kinds).toEqual(['publish']);
  expect(small?.plan.traits).toMatchObject({ eventLoss: 0, skewMs: 0, serverErrors: 0 });
});

it('has nothing to make smaller when no promise is broken', async () => {
  const options = { current: good, previous: good };
  expect(await shrink(planOf(10), options, { runs: 5, ms: 25_000, ...clock })).toBeUndefined();
});

it('takes no more runs than it may', async () => {
  const small = await shrink(
    planOf(10),
    { current: silent, previous: silent },
    { runs: 3, ms: 25_000, ...clock },
  );
  expect(small?.runs).toBe(3);
});
