import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeWhole } from '../../../local/machine/files.ts';
import { withUmask } from '../../../local/machine/umask.ts';
import { troubleWithFolder } from '../../../local/setup/private-folder.mjs';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-private-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

it.each([0, 0o022, 0o077])('makes a folder that its user alone can enter, at umask %i', (umask) => {
  const path = join(dir, 'a', 'b');
  expect(withUmask(umask, () => troubleWithFolder(path))).toBeUndefined();
  expect(modeOf(path)).toBe(0o700);
});

it.each([[[]], [['stack.lock', 'local.json.12.draft', 'setup-npm.log', 'queues.jsonl']]])(
  'closes an open one that holds %j',
  (names) => {
    chmodSync(dir, 0o755);
    for (const name of names) writeFileSync(join(dir, name), '');
    expect(troubleWithFolder(dir)).toBeUndefined();
    expect(modeOf(dir)).toBe(0o700);
  },
);

it('closes all that is in an open one, and leaves alone what a link in it leads to', () => {
  const far = join(dir, 'far');
  writeFileSync(far, '', { mode: 0o644 });
  const open = join(dir, 'open');
  mkdirSync(join(open, 'logs'), { recursive: true, mode: 0o755 });
  writeFileSync(join(open, 'logs', 'a.log'), '', { mode: 0o644 });
  symlinkSync(far, join(open, 'images'));
  expect(troubleWithFolder(open)).toBeUndefined();
  expect([open, join(open, 'logs'), join(open, 'logs', 'a.log'), far].map(modeOf)).toEqual([
    0o700, 0o700, 0o600, 0o644,
  ]);
});

it('follows a link of its user, and closes what it leads to', () => {
  const path = join(dir, 'link');
  mkdirSync(join(dir, 'far'));
  chmodSync(join(dir, 'far'), 0o755);
  symlinkSync(join(dir, 'far'), path);
  expect(troubleWithFolder(path)).toBeUndefined();
  expect(modeOf(join(dir, 'far'))).toBe(0o700);
});

it('takes a closed folder whatever it holds', () => {
  writeFileSync(join(dir, 'letter.txt'), '');
  expect(troubleWithFolder(dir)).toBeUndefined();
  expect(readdirSync(dir)).toEqual(['letter.txt']);
});

it('refuses an open folder with other things, names one, and changes nothing', () => {
  chmodSync(dir, 0o750);
  writeFileSync(join(dir, 'letter.txt'), '');
  writeFileSync(join(dir, 'stack.lock'), '');
  expect(troubleWithFolder(dir)).toBe(
    `${dir} is open to other users and contains a file that is not Davit's (letter.txt): choose an empty folder with DAVIT_DIR, or close this one yourself (chmod 700 '${dir}').`,
  );
  expect(modeOf(dir)).toBe(0o750);
});

it.each([
  ['a link that leads nowhere', (path: string) => symlinkSync(join(dir, 'nowhere'), path)],
  ['a link that leads to itself', (path: string) => symlinkSync(path, path)],
  ['a file', (path: string) => writeFileSync(path, '')],
])('refuses %s in the place of the folder, with a way out', (what, make) => {
  const path = join(dir, '.davit');
  make(path);
  const is = `^${path} must be a folder, but is ${what.startsWith('a link') ? 'a link that does not lead to a folder' : what}: `;
  expect(troubleWithFolder(path)).toMatch(new RegExp(`${is}.*rm '.*DAVIT_DIR`));
  expect(troubleWithFolder(path, { isFixed: true })).toMatch(new RegExp(`${is}.*rm '`));
  expect(troubleWithFolder(path, { isFixed: true })).not.toContain('DAVIT_DIR');
});

it('refuses a folder below a file', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(troubleWithFolder(join(dir, 'file', 'davit'))).toMatch(
    /davit must be a folder, but cannot be made \(ENOTDIR\): .*DAVIT_DIR/,
  );
});

it('writes whole files for their user alone, at any umask', () => {
  const path = join(dir, 'local.json');
  withUmask(0, () => writeWhole(path, '{}'));
  expect(modeOf(path)).toBe(0o600);
});
