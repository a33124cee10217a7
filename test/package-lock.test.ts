import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLock } from './kit/lock.ts';
import { root } from './kit/root.ts';

const { '': _, ...packages } = readLock(root);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const supply = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split(/^## /m)
  .find((section) => section.startsWith('Supply\n'));

const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 13);

test('the lock holds the digest of every package', () => {
  const without = Object.entries(packages).filter(
    ([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
  );
  expect(without).toEqual([]);
});

test('the lock names no registry, nor any other place', () => {
  const placed = Object.entries(packages).filter(([, { resolved, link }]) => resolved ?? link);
  expect(placed).toEqual([]);
});

test('every package with an install script is refused by name, and its reason can be read', () => {
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([folder]) => nameOf(folder));
  const names = [...new Set(scripted)].sort();
  expect(manifest.allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
  const reasons = [...(supply ?? '').matchAll(/^\| `([^`]+)` \| (\S.+) \|$/gm)];
  expect(reasons.map(([, name]) => name).sort()).toEqual(names);
});

test('the Node of every platform is one version, named exactly, of one digest', () => {
  const versions = Object.values<string>(manifest.optionalDependencies);
  expect(new Set(versions).size).toBe(1);
  expect(versions[0]).toMatch(/^24\.\d+\.\d+$/);
  for (const name of Object.keys(manifest.optionalDependencies)) {
    const found = packages[`node_modules/${name}`];
    expect(`node-${found?.os}-${found?.cpu}`).toBe(name);
    expect(found?.version).toBe(versions[0]);
    expect(found).not.toHaveProperty('hasInstallScript');
  }
});

test("no package puts a program of its own before the machine's, or before another package's", () => {
  // `npm run` looks into node_modules/.bin first, where the programs of the outermost packages are.
  const outermost = Object.entries(packages).filter(
    ([folder, { bin }]) => bin && folder.lastIndexOf('node_modules/') === 0,
  );
  const programs = outermost.flatMap(([folder, { bin = {} }]) =>
    Object.keys(bin).map((program) => ({ program, owner: nameOf(folder) })),
  );
  const nodes = Object.keys(manifest.optionalDependencies);
  const others = programs.filter(({ owner }) => !nodes.includes(owner));
  expect(others.filter(({ program }) => ofTheMachine.has(program))).toEqual([]);
  expect(new Set(others.map(({ program }) => program)).size).toBe(others.length);
});

/** What scripts, the set-up and the stack start by name. */
const ofTheMachine = new Set(
  'node npm npx sh bash env git tar docker apt-get sudo erl epmd rabbitmq-server ffmpeg ffprobe aws python3'.split(
    ' ',
  ),
);
