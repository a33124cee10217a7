import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factCases } from '../../docs/fact-cases.ts';
import { move } from '../kit/arbitrary-move.ts';
import { start } from '../kit/facts.ts';
import { root } from '../kit/root.ts';
import { everySample } from '../kit/samples.ts';

const source = readFileSync(join(root, 'shared/core/fact.ts'), 'utf8');
const kinds = [...new Set([...source.matchAll(/\bkind: '(\w+)'/g)].map(([, kind]) => kind))].sort();

test('every kind of fact has a case in docs/fact-cases.ts, and so a line in docs/states.md', () => {
  expect(kinds.length).toBeGreaterThan(10);
  const made = everySample.flatMap(([, task]) =>
    factCases.map(({ fact }) => fact(task, start).kind),
  );
  expect([...new Set(made)].sort(), 'docs/fact-cases.ts needs a case for each kind').toEqual(kinds);
});

test('every kind of fact is drawn by the properties', () => {
  const drawn = fc.sample(move, { numRuns: 2000, seed: 1 }).map(({ kind }) => kind);
  expect([...new Set(drawn)].sort(), 'add it to `kinds` in test/kit/arbitrary-move.ts').toEqual(
    kinds,
  );
});
