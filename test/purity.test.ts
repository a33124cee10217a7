import { describe, expect, it } from 'vitest';
import { bareCodeOf, sourcesIn } from './kit/sources.ts';

/** What makes the same arguments give another result, or changes something outside. */
const impure =
  /(?<![.\w])(?:globalThis|process|fetch|setTimeout|setInterval|setImmediate|queueMicrotask|console|performance|crypto)\b(?!\s*:)|\bMath\.random\b/g;

/** The core gets its times as numbers and writes none of them out. */
const anyDate = /(?<![.\w])Date\b(?!\s*:)/g;

/** The clock: every use of `Date` but `new Date(time)`, which reads no clock. */
const clock = /(?<![.\w])(?<!\bnew\s+)Date\b(?!\s*:)|\bnew\s+Date\b(?!\s*\(\s*[^\s).])/g;

const matchesIn = (code: string, ...patterns: readonly RegExp[]): readonly string[] =>
  patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([match]) => match));

describe('the core and the models', () => {
  it.each([
    ['shared/core', anyDate],
    ['models', clock],
  ])('keep clock, chance, process and network out: %s', (folder, dates) => {
    const files = sourcesIn([folder]);
    const wrong = files.flatMap((file) =>
      matchesIn(bareCodeOf(file), impure, dates).map((match) => `${file} may not use ${match}`),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});

describe('the check of the clock', () => {
  it.each([
    'Date.now()',
    'const at = Date();',
    'new Date()',
    'new Date( )',
    'new Date(\n)',
    'new  Date',
    'new Date;',
    'new Date(...[])',
    'const { now } = Date;',
    '[1, 2].map(Date)',
  ])('catches %j', (code) => {
    expect(matchesIn(code, clock)).toHaveLength(1);
  });

  it.each([
    'new Date(ms)',
    'new Date( epochS * 1000 )',
    'new Date(\n  Math.min(at, last),\n)',
    'updatedAt.Date',
    'isDate(value)',
    'Dates.now()',
    'interface Row { readonly Date: string }',
  ])('lets %j pass', (code) => {
    expect(matchesIn(code, clock)).toEqual([]);
  });
});

it.each(['process.exit()', 'Math.random()', 'globalThis.Date', 'await fetch(url)'])(
  'the check of what is impure catches %j',
  (code) => {
    expect(matchesIn(code, impure)).toHaveLength(1);
  },
);
