// Attacker: a person who can replace a package that Davit installs (by a mirror, a stolen publisher's account, a pull request
// that changes the lock), or who adds a package with an install script.
// Goal: to run code on the developer's machine, as the developer, already while `npm run demo` sets up.
// What remains possible: set-up refuses with a sentence, and code runs only when Davit itself imports it. An attacker who
// changes the lock with its digest, and gets that past a review, succeeds: set-up trusts the lock.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LockedPackage, readLock } from '../kit/lock.ts';
import { startMirror } from '../kit/mirror.ts';
import { runSetUp } from '../kit/set-up.ts';

const repository = join(import.meta.dirname, '../..');
const ownLock = readLock(repository);
const sha512 = `sha512-${'a'.repeat(86)}==`;

let clone: string;

/** A clone with the set-up of this one, and nothing to install yet. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'davit-supply-'));
  cpSync(join(repository, 'local/setup'), join(clone, 'local/setup'), { recursive: true });
  cpSync(join(repository, 'local/setup.mjs'), join(clone, 'local/setup.mjs'));
  if (existsSync(join(repository, '.npmrc')))
    cpSync(join(repository, '.npmrc'), join(clone, '.npmrc'));
  mkdirSync(join(clone, 'tools'));
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

test('a package whose install script was not allowed by name runs nothing at set-up', async () => {
  const evil = packed('left-pad', { scripts: { postinstall: 'touch "$INIT_CWD/taken"' } });
  writeClone({ 'left-pad': `file:${evil.file}` }, { 'node_modules/left-pad': evil.locked });
  const { code, printed } = await runSetUp(clone, environment());
  expect(printed).toMatch(/ready, after/);
  expect(code).toBe(0);
  expect(existsSync(join(clone, 'node_modules/left-pad/package.json'))).toBe(true);
  expect(existsSync(join(clone, 'taken'))).toBe(false);
});

test('a package whose install script was allowed before, and has changed since, runs nothing at set-up either', async () => {
  const evil = packed('esbuild', { scripts: { preinstall: 'touch "$INIT_CWD/taken"' } });
  writeClone({ esbuild: `file:${evil.file}` }, { 'node_modules/esbuild': evil.locked });
  const { code } = await runSetUp(clone, environment());
  expect(code).toBe(0);
  expect(existsSync(join(clone, 'taken'))).toBe(false);
});

test('the Node that runs Davit is a file of a package whose digest the lock holds', (context) => {
  const here = `node-${process.platform}-${process.arch}`;
  if (ownLock[`node_modules/${here}`] === undefined) context.skip('here, the machine brings Node');
  const folder = join(repository, 'node_modules');
  const program = realpathSync(join(folder, '.bin/node'));
  const found = join('node_modules', relative(realpathSync(folder), program));
  const owner = Object.keys(ownLock).find((name) => name !== '' && found.startsWith(`${name}/`));
  // If a package fetches its program when it is installed, its digest does not cover that program.
  expect(ownLock[owner ?? '']).toMatchObject({
    integrity: expect.stringMatching(/^sha512-/),
    cpu: process.arch,
  });
  expect(ownLock[owner ?? '']).not.toHaveProperty('hasInstallScript');
});

test.each([
  ['and says so', (_: string, itsOwn: string) => itsOwn],
  ['under the digest of the right one', (locked: string) => locked],
])(
  'a mirror that hands out another Node %s is refused, and its Node is never started',
  async (_, digest) => {
    const nodes = Object.entries(ownLock).filter(([name]) =>
      /^node_modules\/node-linux-/.test(name),
    );
    const program = `#!/bin/sh\ntouch '${join(clone, 'taken')}'\necho v24.21.0\n`;
    const evil = nodes.map(([folder, { version, integrity = '' }]) => {
      const name = folder.slice('node_modules/'.length);
      const one = packed(name, { version, bin: { node: 'bin/node' } }, program);
      return { ...one, integrity: digest(integrity, one.integrity) };
    });
    const wanted = Object.fromEntries(
      evil.map(({ manifest }) => [manifest.name, manifest.version]),
    );
    writeClone({}, Object.fromEntries(nodes), wanted);
    const mirror = await startMirror(evil);
    try {
      const { code, printed } = await runSetUp(clone, { ...environment(), ...mirror.environment });
      expect(mirror.asked()).not.toEqual([]);
      expect(printed).toMatch(/does not have the digest that package-lock\.json holds/);
      expect(code).toBe(1);
      expect(existsSync(join(clone, 'taken'))).toBe(false);
    } finally {
      mirror.close();
    }
  },
);

test.each([
  ['has no digest', {}],
  ['has a digest that npm ignores', { integrity: 'sha512-' }],
  ['has a weak digest', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
  ['has two digests', { integrity: `${sha512} sha512-${'b'.repeat(86)}==` }],
  ['comes from another address', { integrity: sha512, resolved: 'https://a.example/a.tgz' }],
  ['comes from a repository', { integrity: sha512, resolved: 'git+ssh://git@a.example/a.git' }],
])('a lock in which a package %s is refused before npm is asked', async (_, entry) => {
  writeClone({ a: '1.0.0' }, { 'node_modules/a': { version: '1.0.0', ...entry } });
  const mirror = await startMirror([packed('a', {})]);
  try {
    const { code, printed } = await runSetUp(clone, { ...environment(), ...mirror.environment });
    expect(printed).toMatch(/package-lock\.json must .*node_modules\/a/);
    expect(code).toBe(1);
    expect(mirror.asked()).toEqual([]);
  } finally {
    mirror.close();
  }
});

test('a lock beside ours that npm would read instead is refused before npm is asked', async () => {
  const evil = packed('a', { bin: { node: 'bin/node' } }, '#!/bin/sh\ntouch "$INIT_CWD/taken"\n');
  writeClone({ a: '1.0.0' }, { 'node_modules/a': { version: '1.0.0', integrity: sha512 } });
  const lock = JSON.parse(readFileSync(join(clone, 'package-lock.json'), 'utf8'));
  lock.packages['node_modules/a'] = { version: '1.0.0', resolved: `file:${evil.file}` };
  writeFileSync(join(clone, 'npm-shrinkwrap.json'), JSON.stringify(lock));
  const { code, printed } = await runSetUp(clone, environment());
  expect(printed).toMatch(/npm-shrinkwrap\.json must not exist/);
  expect(code).toBe(1);
  expect(existsSync(join(clone, 'node_modules'))).toBe(false);
});

test('a developer who adds a package with an install script is asked before it runs', async (context) => {
  if (!npmKnowsAllowScripts()) context.skip('this npm is older than 11.16 and runs every script');
  const evil = packed('left-pad', { scripts: { postinstall: 'touch "$INIT_CWD/taken"' } });
  writeClone({}, {});
  const add = () =>
    execFileSync('npm', ['install', '--offline', `./${evil.file}`], {
      cwd: clone,
      env: environment(),
      stdio: 'pipe',
    });
  expect(add).toThrow(/left-pad.*install scripts|install scripts not covered by allowScripts/s);
  expect(existsSync(join(clone, 'taken'))).toBe(false);
});

test('no page, script or message starts a program that npx would fetch, unlocked, before the set-up', () => {
  const files =
    '{README.md,serverless.yml,package.json,.ci/run,{docs,local,cli,infra,demo}/**/*.*}';
  const started = globSync(files, { cwd: repository }).flatMap((file) =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(/\bnpx (?:-\S+ )*([\w@/-]+)/g)].map(
      ([command, program]) => ({ file, command, program }),
    ),
  );
  // npx finds the program of the project itself without asking a registry.
  expect(started.filter(({ program }) => program !== 'davit')).toEqual([]);
  expect(started).not.toEqual([]);
});

const npmKnowsAllowScripts = (): boolean => {
  const [major = 0, minor = 0] = execFileSync('npm', ['-v'], { encoding: 'utf8' })
    .split('.')
    .map(Number);
  return major > 11 || (major === 11 && minor >= 16);
};

/** A machine with the Node of this test as its own, an npm with no settings and nothing kept. */
const environment = (): NodeJS.ProcessEnv => {
  const bin = join(clone, 'bin');
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, 'node'))) symlinkSync(process.execPath, join(bin, 'node'));
  return {
    PATH: [bin, process.env.PATH].join(delimiter),
    HOME: clone,
    npm_config_cache: join(clone, 'npm-cache'),
    npm_config_userconfig: join(clone, 'no-npmrc'),
    DAVIT_RABBITMQ_SERVER: process.execPath,
  };
};

/** Writes package.json and package-lock.json; the rules for install scripts are this repository's. */
const writeClone = (
  dependencies: Record<string, string>,
  packages: Record<string, LockedPackage>,
  optionalDependencies: Record<string, string> = {},
): void => {
  const { allowScripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const root = { name: 'clone', version: '1.0.0', dependencies, optionalDependencies };
  const lock = { ...root, lockfileVersion: 3, requires: true, packages: { '': root, ...packages } };
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...root, allowScripts }));
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(lock));
};

/** A package as npm packs it, in the clone, and its entry in a lock. */
const packed = (name: string, more: Record<string, unknown>, program?: string) => {
  const home = join(clone, 'packed', name, 'package');
  mkdirSync(join(home, 'bin'), { recursive: true });
  const manifest = { name, version: '1.0.0', ...more };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  if (program !== undefined) writeFileSync(join(home, 'bin/node'), program, { mode: 0o755 });
  const file = `packed/${name}.tgz`;
  execFileSync('tar', ['-czf', join(clone, file), '-C', join(home, '..'), 'package']);
  const bytes = readFileSync(join(clone, file));
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const { scripts } = more as { scripts?: unknown };
  const locked: LockedPackage = {
    version: manifest.version,
    resolved: `file:${file}`,
    integrity,
    ...(scripts === undefined ? {} : { hasInstallScript: true }),
  };
  return { file, locked, manifest, integrity, bytes };
};
