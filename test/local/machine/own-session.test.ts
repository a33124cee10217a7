import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../kit/root.ts';

// Ctrl-C in a terminal goes to the whole foreground group. A child that it reaches may die of it before its parent has
// heard of it, and the parent then reports the child's end as a failure.
const places = ['local', 'demo', 'bench'];
const files = places.flatMap((place) =>
  globSync(`${place}/**/*.{ts,mjs}`, { cwd: root }).filter(
    // The audit has nothing to wind down: its child may end with it.
    (file) => !file.includes('node_modules') && file !== 'local/supply/audit.ts',
  ),
);

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

it.each(files)('%s starts no process in the terminal’s group', (file) => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\/.*$/gm, '');
  expect(text).not.toMatch(/\bexecFile\(|promisify\(execFile\)|\bexec\('/);
  expect(count(text, /(?<![.\w])(spawn|fork)\(/g)).toBe(count(text, /detached: true/g));
});
