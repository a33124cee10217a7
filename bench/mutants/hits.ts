import { appendFileSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeEach, expect } from 'vitest';
import { isAwake } from './planted.ts';

// Loaded by a judge before each test file.

/** The same cases for each fault, and fewer than the suite has. */
fc.configureGlobal({ seed: 1, numRuns: 25 });

const { MUTANT_AWAKE: awakeFile = '', MUTANT_HITS: hitsFile = '' } = process.env;
const awake = Number(readFileSync(awakeFile, 'utf8'));
const hits = new Set<number>();
Object.assign(globalThis, {
  [isAwake]: (n: number): boolean => {
    hits.add(n);
    return n === awake;
  },
});

let file = '';
const startedAt = performance.now();

beforeEach(() => {
  file = expect.getState().testPath ?? '';
});

afterAll(() => {
  // Without an active fault, the run records the places that it executes.
  if (awake >= 0) return;
  const ms = Math.round(performance.now() - startedAt);
  appendFileSync(hitsFile, `${JSON.stringify({ file, ms, hits: [...hits] })}\n`);
});
