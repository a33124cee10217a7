import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from '../../../local/machine/folder-lock.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-folder-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('refuses a folder that a living stack holds, and takes one whose holder has died', () => {
  const release = lockFolder(dir);
  expect(() => lockFolder(dir)).toThrow(/running already in .* \(pid \d+\).*DAVIT_DIR/);
  release();
  writeFileSync(join(dir, 'stack.lock'), JSON.stringify({ pid: process.pid, started: 'old' }));
  lockFolder(dir)();
});

it('takes a folder whose lock was cut short, and leaves nothing but the lock in it', () => {
  writeFileSync(join(dir, 'stack.lock'), '');
  const release = lockFolder(dir);
  expect(readdirSync(dir)).toEqual(['stack.lock']);
  expect(() => lockFolder(dir)).toThrow(/running already/);
  release();
});
