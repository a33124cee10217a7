import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { droppingRelease } from './dropping-release.ts';
import { type Outside, openFunctions } from './functions.ts';
import { isFault } from './happening.ts';
import { loggedRelease } from './logged-release.ts';
import { planOf } from './plan-of.ts';
import { type Run, runPlan } from './run-seed.ts';
import { promiseOf } from './shrink.ts';
import type { Release } from './world.ts';

const current: Release = { name: 'current', openFunctions };

const played = async (
  seed: number,
  release = current,
): Promise<{ readonly run: Run; readonly story: readonly string[] }> => {
  const story: string[] = [];
  const note = (line: string): void => void story.push(line);
  const run = await runPlan(planOf(seed), { current: release, previous: release, note });
  return { run, story };
};

describe('a seed', () => {
  it('is the same world each time', async () => {
    const once = await played(10);
    expect(await played(10)).toEqual(once);
    expect(once.story.length).toBeGreaterThan(100);
  });

  it('is another world than its neighbour', async () => {
    expect((await played(10)).story).not.toEqual((await played(11)).story);
  });

  // In the second one, two things happen at the same time, and their order decides what follows.
  it.each([10, 2_001_623])('is the same world when its calls are logged: %i', async (seed) => {
    const { run, story } = await played(seed, loggedRelease(current));
    expect(run).toEqual((await played(seed)).run);
    expect(story.some((line) => line.includes('asks ECS to run task-'))).toBe(true);
  });

  it('has at least eight tasks, four kinds of fault and a crash', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const { happenings } = planOf(seed);
        const tasks = happenings.flatMap((one) =>
          one.kind === 'publish' && one.body.includes('"tool"') ? [one.id] : [],
        );
        expect(new Set(tasks).size).toBeGreaterThanOrEqual(8);
        expect(happenings.some(({ kind }) => kind === 'crash')).toBe(true);
        const kinds = happenings
          .filter(isFault)
          .map((one) => (one.kind === 'trouble' ? `${one.service} is ${one.how}` : one.kind));
        expect(new Set(kinds).size).toBeGreaterThanOrEqual(4);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the judges', () => {
  it.each([
    ['broker', 'announce', { kind: 'sent' }, 'outbox'],
    ['broker', 'bury', { kind: 'sent' }, 'outbox'],
    ['tasks', 'create', { kind: 'saved' }, 'owned'],
  ])('notice a release in which %s.%s does nothing', async (name, key, answer, promise) => {
    const release = droppingRelease(name, key, answer);
    const found: string[] = [];
    for (let seed = 10; seed < 24 && !found.includes(promise); seed += 1) {
      const { violation } = (await played(seed, release)).run;
      if (violation !== undefined) found.push(promiseOf(violation));
    }
    expect(found).toContain(promise);
  });

  const withDispatch = (dispatch: (outside: Outside) => Promise<void>): Release => ({
    name: 'other',
    openFunctions: (outside) => ({ ...openFunctions(outside), dispatch: () => dispatch(outside) }),
  });

  it.each([
    ['is slow, though nothing else is', ({ clock }: Outside) => clock.wait(600_000), 'neighbours'],
    ['leaves a failure to itself', async () => void Promise.reject(new Error('lost')), 'unhandled'],
  ])('notice a release whose dispatch %s', async (_what, dispatch, promise) => {
    const release = withDispatch(dispatch);
    const found: string[] = [];
    for (let seed = 10; seed < 40 && !found.includes(promise); seed += 1) {
      const { violation } = (await played(seed, release)).run;
      if (violation !== undefined) found.push(promiseOf(violation));
    }
    expect(found).toContain(promise);
  });
});
