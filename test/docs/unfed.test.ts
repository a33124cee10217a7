import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../kit/root.ts';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = textOf('docs/unfed.md');

const facts = [
  ...new Set(
    [...textOf('shared/core/fact.ts').matchAll(/\bkind: '(\w+)'/g)].map(([, kind]) => kind),
  ),
];
/** Flows produce facts, and decisions of the core return them. */
const producers = globSync('shared/{flows,core}/**/*.ts', { cwd: root })
  .filter((file) => file !== 'shared/core/fact.ts')
  .map(textOf)
  .join('\n');

test('the facts on the list are those that nothing produces', () => {
  expect(facts.length).toBeGreaterThan(10);
  const unfed = facts.filter((kind) => !new RegExp(`\\bkind: '${kind}'`).test(producers));
  const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind);
  expect(
    listed.toSorted(),
    'docs/unfed.md must list the facts that shared/flows and shared/core do not produce: remove the line of a fact that has a producer now, add one for a new fact',
  ).toEqual(unfed.toSorted());
});

test('every file that the list names exists', () => {
  for (const [, file = ''] of page.matchAll(/`((?:shared|infra|test)\/[\w./-]+\.\w+)`/g)) {
    expect(textOf(file), file).not.toBe('');
  }
});
