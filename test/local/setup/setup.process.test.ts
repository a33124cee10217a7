import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openImages } from '../../../local/ecr/images.ts';
import { releaseImages } from '../../../local/setup/images.mjs';
import { packagesTrouble } from '../../../local/setup/packages.mjs';
import { placePrograms } from '../../../local/setup/programs.mjs';
import { root as repository } from '../../kit/root.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-setup-'));
afterAll(() => rmSync(folder, { recursive: true }));

let root = '';
const write = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

const digest = (letter: string): string => `sha512-${letter.repeat(86)}==`;

const locked = {
  '': { name: 'clone' },
  'node_modules/a': { version: '1.0.0', integrity: digest('a') },
  'node_modules/b': { version: '2.0.0', integrity: digest('b'), optional: true },
};

/** A clone in which npm has installed `a`, and not `b`, which is for another platform. */
beforeEach(() => {
  root = mkdtempSync(join(folder, 'clone-'));
  write('package-lock.json', JSON.stringify({ packages: locked }));
  const { 'node_modules/a': installed } = locked;
  write(
    'node_modules/.package-lock.json',
    JSON.stringify({ packages: { 'node_modules/a': installed } }),
  );
  write('node_modules/a/package.json', '{}');
  mkdirSync(join(root, 'node_modules/.bin'));
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
});

test('has nothing to install when the lock is what is installed', () => {
  expect(packagesTrouble(root)).toBeUndefined();
});

test('sees another version in the lock, whatever the times of the files', () => {
  const changed = { ...locked, 'node_modules/a': { version: '1.0.1', integrity: digest('c') } };
  write('package-lock.json', JSON.stringify({ packages: changed }));
  // Written again, so that it is the newer one.
  const hidden = 'node_modules/.package-lock.json';
  write(hidden, readFileSync(join(root, hidden), 'utf8'));
  expect(packagesTrouble(root)).toMatch(/differs from what is installed/);
});

test('sees a package that only one side has', () => {
  const more = { ...locked, 'node_modules/c': { version: '1.0.0', integrity: digest('c') } };
  write('package-lock.json', JSON.stringify({ packages: more }));
  expect(packagesTrouble(root)).toMatch(/differs from what is installed/);
});

test('sees an installation that was interrupted', () => {
  rmSync(join(root, 'node_modules/.package-lock.json'));
  expect(packagesTrouble(root)).toMatch(/only a part/);
});

test('sees a package that was deleted', () => {
  rmSync(join(root, 'node_modules/a'), { recursive: true });
  expect(packagesTrouble(root)).toBe('node_modules/a is missing');
});

test('sees that the Node of the packages is too old', () => {
  rmSync(join(root, 'node_modules/.bin/node'));
  write('node_modules/.bin/node', '#!/bin/sh\necho v20.1.0\n');
  chmodSync(join(root, 'node_modules/.bin/node'), 0o755);
  expect(packagesTrouble(root)).toBe(
    'Node 24 or newer must run Davit, but `npm run` finds v20.1.0',
  );
});

test('sees that npm left out the Node that the clone names for this platform', () => {
  const name = 'node-for-here';
  const node = { version: '24.0.0', integrity: digest('n'), optional: true };
  const packages = (os: string) => ({
    ...locked,
    '': { optionalDependencies: { [name]: '24.0.0' } },
    [`node_modules/${name}`]: { ...node, os, cpu: process.arch },
  });
  write('package-lock.json', JSON.stringify({ packages: packages(process.platform) }));
  expect(packagesTrouble(root)).toBe('node-for-here is not installed');
  write('package-lock.json', JSON.stringify({ packages: packages('another') }));
  expect(packagesTrouble(root)).toBeUndefined();
});

test.each([
  ['no digest', {}, /must hold one sha512 digest .*node_modules\/a has none/],
  ['a weak digest', { integrity: 'sha1-a' }, /node_modules\/a has sha1-a:/],
  [
    'a place of its own',
    { integrity: digest('a'), resolved: 'https://a.example/a.tgz' },
    /must not name the place .*node_modules\/a comes from https:\/\/a\.example\/a\.tgz/,
  ],
])('refuses a lock in which a package has %s', (_, entry, sentence) => {
  write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': entry } }));
  expect(() => packagesTrouble(root)).toThrow(sentence);
});

test("makes npm's ffmpeg and ffprobe executable, and works without them too", () => {
  const ffprobe = `node_modules/@ffprobe-installer/${process.platform}-${process.arch}/ffprobe`;
  write(ffprobe, '');
  chmodSync(join(root, ffprobe), 0o644);
  placePrograms(root);
  expect(statSync(join(root, ffprobe)).mode & 0o111).toBe(0o111);
});

const link = (): string => join(root, 'node_modules/.bin/node');
const bring = (script: string): void => {
  const program = `node_modules/node-${process.platform}-${process.arch}/bin/node`;
  write(program, script);
  chmodSync(join(root, program), 0o755);
};

test("puts npm's Node where `npm run` looks first, when npm has not", () => {
  rmSync(link());
  bring('#!/bin/sh\necho v24.99.0\n');
  placePrograms(root);
  expect(execFileSync(link(), ['-v'], { encoding: 'utf8' })).toBe('v24.99.0\n');
});

test("leaves the machine's own Node in its place where npm's does not start", () => {
  bring('#!/no/such/loader\n');
  rmSync(link());
  placePrograms(root);
  expect(existsSync(link())).toBe(false);
  symlinkSync(`../node-${process.platform}-${process.arch}/bin/node`, link());
  placePrograms(root);
  expect(existsSync(link())).toBe(false);
});

test('says what to do about a lock that is broken', () => {
  write('package-lock.json', '{');
  expect(() => packagesTrouble(root)).toThrow(/git checkout package-lock\.json/);
});

test('releases each tool in two versions, and again only when its program changes', () => {
  write('tools/echo/main.mjs', '1');
  const stateDir = join(root, '.davit');
  const image = (version: string) =>
    JSON.parse(readFileSync(join(stateDir, 'images/echo', version, 'image.json'), 'utf8'));
  expect(releaseImages({ root, stateDir })).toEqual(['echo:1.0.0', 'echo:1.1.0']);
  const { entryPoint, digest } = image('1.0.0');
  expect(entryPoint).toEqual(['node', expect.any(String), '--release', '1.0.0']);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(image('1.1.0').digest).not.toBe(digest);
  write('tools/echo/README.md', 'more words');
  expect(releaseImages({ root, stateDir })).toEqual([]);
  write('tools/echo/main.mjs', '2');
  expect(releaseImages({ root, stateDir })).toEqual(['echo:1.0.0', 'echo:1.1.0']);
  expect(image('1.0.0').digest).not.toBe(digest);
});

test('keeps the program of every image that it has released, by its digest, as a registry does', () => {
  const stateDir = join(root, '.davit');
  const images = openImages(join(stateDir, 'images'), 'registry/davit-local');
  const programOf = (reference: string) => {
    const [, path = ''] = images.find(`registry/davit-local/echo${reference}`)?.entryPoint ?? [];
    return readFileSync(path, 'utf8') + readFileSync(join(path, '../lib/a.mjs'), 'utf8');
  };
  const digestOf = () => images.find('registry/davit-local/echo:1.0.0')?.digest ?? '';
  write('tools/echo/main.mjs', '1');
  write('tools/echo/lib/a.mjs', 'a');
  releaseImages({ root, stateDir });
  const first = digestOf();
  expect(programOf(`@${first}`)).toBe('1a');
  write('tools/echo/main.mjs', '2');
  expect(programOf(':1.0.0')).toBe('1a');
  releaseImages({ root, stateDir });
  expect(programOf(':1.0.0')).toBe('2a');
  expect(programOf(`@${digestOf()}`)).toBe('2a');
  expect(programOf(`@${first}`)).toBe('1a');
  expect(images.list('echo')?.map(({ tag }) => tag)).toEqual(['1.0.0', '1.1.0']);
});

test('two set-ups at once work one after the other, and take over from one that was killed', async () => {
  const journal = join(root, 'journal');
  const lock = join(root, '.davit/setup.lock');
  // A number that no process has: what a killed set-up leaves.
  write('.davit/setup.lock', '4194305');
  const script = join(root, 'a-setup.mjs');
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
     import { setTimeout as sleep } from 'node:timers/promises';
     import { alone } from ${JSON.stringify(join(repository, 'local/setup/alone.mjs'))};
     await alone(${JSON.stringify(lock)}, async () => {
       appendFileSync(${JSON.stringify(journal)}, 'in ');
       await sleep(300);
       appendFileSync(${JSON.stringify(journal)}, 'out ');
     });`,
  );
  const ends = [1, 2].map(() => once(spawn(process.execPath, [script]), 'exit'));
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0, 0]);
  expect(readFileSync(journal, 'utf8')).toBe('in out in out ');
  expect(existsSync(lock)).toBe(false);
});
