import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../kit/root.ts';

const list = 'shared/ports/metric.ts';
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/'([A-Z]\w+)'/g)].map(([, name = '']) => name);

// The compiler refuses a name that is not on the list.
test('every metric on the list is counted by a source', () => {
  const counted = globSync('shared/**/*.ts', { cwd: root })
    .filter((file) => file !== list)
    .flatMap((file) => namesIn(textOf(file)));
  const names = namesIn(textOf(list));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !counted.includes(name))).toEqual([]);
});

test('every metric that the README names is on the list', () => {
  const operate =
    textOf('README.md')
      .split('\n## ')
      .find((part) => part.startsWith('Operate')) ?? '';
  const rows = operate.split('\n').filter((line) => /^\| `[A-Z]/.test(line));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(8);
  const names = namesIn(textOf(list));
  expect(named.filter((name = '') => !names.includes(name))).toEqual([]);
});
