import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failedCases, failedFolder, keepCase } from './failed-cases.ts';
import { openFunctions } from './functions.ts';
import { planOf } from './plan-of.ts';
import { runPlan } from './run-seed.ts';
import type { Release } from './world.ts';

const current: Release = { name: 'current', openFunctions };

describe('the plans that broke a promise once', () => {
  it('are all read', () => {
    for (const [, { plan }] of failedCases()) expect(plan.happenings.length).toBeGreaterThan(0);
  });

  it.each(failedCases())('break none today: %s', async (_file, { plan, found }) => {
    const { violation } = await runPlan(plan, { current, previous: current });
    expect(violation?.message, `it was: ${found}`).toBeUndefined();
  });
});

describe('keeping a plan', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'davit-failed-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const failed = { seed: 3, promise: 'one run', found: 'one run: two', plan: planOf(3) };

  it('gives it the name of its promise, and reads it as it was', () => {
    expect(keepCase(failed, dir)).toBe(join(dir, 'one-run-1.json'));
    const other = { ...failed, seed: 4, plan: planOf(4) };
    expect(keepCase(other, dir)).toBe(join(dir, 'one-run-2.json'));
    expect(failedCases(dir)).toEqual([
      ['one-run-1.json', failed],
      ['one-run-2.json', other],
    ]);
  });

  it('stores the same plan once', () => {
    keepCase(failed, dir);
    expect(keepCase({ ...failed, found: 'again' }, dir)).toBe(join(dir, 'one-run-1.json'));
    expect(failedCases(dir)).toHaveLength(1);
  });

  it('refuses a file with something else in it', async () => {
    await writeFile(join(dir, 'x-1.json'), '{"seed":1}');
    expect(() => failedCases(dir)).toThrow('store the case again with --keep');
  });

  it('finds none in a folder that is not there', () => {
    expect(failedCases(join(failedFolder, 'nowhere'))).toEqual([]);
  });
});
