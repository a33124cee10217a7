import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { troubleWithFolder } from '../../../local/setup/private-folder.mjs';

const member = vi.hoisted((): { afterCheck: (path: string) => void } => ({ afterCheck: () => {} }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const readdirSync = (path: string, options: { withFileTypes: true }) => {
    const found = fs.readdirSync(path, options);
    member.afterCheck(path);
    return found;
  };
  return { ...fs, readdirSync };
});

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-race-'));
  mkdirSync(join(dir, 'logs'));
  for (const path of [dir, join(dir, 'logs')]) chmodSync(path, 0o770);
});

afterEach(() => {
  member.afterCheck = () => {};
  rmSync(dir, { recursive: true, force: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Lets a member of the group act after the first check of a folder, while it may still write there. */
const leavesIn = (folder: string, leave: () => void): void => {
  member.afterCheck = (path) => {
    if (path !== folder || modeOf(path) === 0o700) return;
    member.afterCheck = () => {};
    leave();
  };
};

it('refuses what a member leaves in an open folder after the first check, and opens it again', () => {
  leavesIn(dir, () => writeFileSync(join(dir, 'letter.txt'), ''));
  expect(troubleWithFolder(dir)).toMatch(/letter\.txt/);
  expect(modeOf(dir)).toBe(0o770);
});

it.for(['', 'logs'])(
  'finds a link that a member leaves in "%s" after the first check',
  (name, context) => {
    if (process.getuid?.() !== 0) context.skip('only root can make files of another user');
    const link = join(dir, name, 'images');
    leavesIn(join(dir, name), () => {
      symlinkSync(join(dir, 'far'), link);
      lchownSync(link, 65534, 65534);
    });
    expect(troubleWithFolder(dir)).toMatch(/images must belong to user 0.*belongs to user 65534/);
    expect(modeOf(dir)).toBe(0o770);
  },
);

it('changes nothing at all where the first check refuses', () => {
  writeFileSync(join(dir, 'letter.txt'), '');
  const modes: number[] = [];
  member.afterCheck = () => void modes.push(modeOf(dir));
  expect(troubleWithFolder(dir)).toMatch(/letter\.txt/);
  expect(new Set(modes)).toEqual(new Set([0o770]));
});
