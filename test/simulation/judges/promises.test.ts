import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../kit/root.ts';

const folder = join(root, 'test/simulation/judges');
const page = readFileSync(join(root, 'docs/simulation.md'), 'utf8');
const [, section = ''] = /\n## What is judged\n(.*?)\n## /s.exec(page) ?? [];

it('docs/simulation.md says what each promise of the judges means, and no other', () => {
  const judged = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [
      ...readFileSync(join(folder, name), 'utf8').matchAll(/new Violation\(\s*'([^']+)'/g),
    ])
    .map(([, promise]) => promise);
  const explained = [...section.matchAll(/^\| (`.+`) \| /gm)].flatMap(([, names = '']) =>
    names.replaceAll('`', '').split(', '),
  );
  expect(explained.toSorted()).toEqual([...new Set(judged)].toSorted());
});
