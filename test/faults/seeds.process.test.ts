import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Found } from './first-seed.ts';
import { firstSeedOf } from './first-seed.ts';
import { faultNames } from './patch.ts';

const recorded = new Map<string, Found>(
  Object.entries(JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8'))),
);

/** The faults that no search has found yet, with the reason, from the last part of the list. */
const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const notFound = [
  ...(readme.split('## Not found yet')[1] ?? '').matchAll(/^\| `([a-z-]+)` \|/gm),
].map(([, name = '']) => name);

describe('a planted fault', () => {
  test('has a recorded seed, or is listed as not found yet', () => {
    const all = [...recorded.keys(), ...notFound].toSorted();
    expect(all).toEqual([...faultNames()].toSorted());
  });

  test.each([...recorded])('%s is found by its recorded seed', async (name, { seed, promise }) => {
    const found = await firstSeedOf({ name, from: seed, most: 1 });
    expect(
      found?.promise,
      `Seed ${seed} does not show ${name} any more: look for another one with "npm run simulate:faults -- ${name}"`,
    ).toBe(promise);
  });
});
