import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownIdentity } from '../../../local/setup/process-identity.mjs';
import { readLock, releaseLock, takeLock } from '../../../local/setup/process-lock.mjs';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-lock-'));
  path = join(dir, 'a.lock');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('is held from when it is taken until it is released, and leaves nothing', () => {
  expect(readLock(path)).toBeUndefined();
  expect(takeLock(path, readLock(path))).toEqual({ isTaken: true });
  expect(readLock(path)).toMatchObject({ holder: ownIdentity(), isHeld: true });
  expect(takeLock(path, readLock(path))).toEqual({ isTaken: false, holder: ownIdentity() });
  expect(readdirSync(dir)).toEqual(['a.lock']);
  releaseLock(path);
  expect(readdirSync(dir)).toEqual([]);
});

it.each([
  ['has another start than the process of this number', { pid: process.pid, started: 'old' }],
  ['has ended', { owner: { pid: 4_194_305, started: 'old' } }],
])('takes over from a holder that %s', (_, content) => {
  writeFileSync(path, JSON.stringify(content));
  expect(readLock(path)).toMatchObject({ holder: { started: 'old' }, isHeld: false });
  expect(takeLock(path, readLock(path)).isTaken).toBe(true);
  expect(readLock(path)?.holder).toEqual(ownIdentity());
});

it.each(['', '{"pid":1', '17', '{"pid":1}'])(
  'takes over a file that names no holder: %j',
  (text) => {
    writeFileSync(path, text);
    expect(takeLock(path, readLock(path)).isTaken).toBe(true);
  },
);

it('finds the holder in what a lock says besides', () => {
  takeLock(path, undefined, (owner) => ({ owner, more: 1 }));
  expect(readLock(path)).toMatchObject({ content: { more: 1 }, isHeld: true });
});

it.each([
  ['was taken by another process', JSON.stringify({ pid: 1, started: 'another' })],
  ['holds more than was read', '{"owner":{"pid":4194305,"started":"old"},"node":{}}'],
])('is not taken when it %s since it was read', (_, now) => {
  writeFileSync(path, '{"owner":{"pid":4194305,"started":"old"}}');
  const found = readLock(path);
  writeFileSync(path, now);
  expect(takeLock(path, found).isTaken).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe(now);
});

it('is not taken when it appeared after none was found', () => {
  const found = readLock(path);
  writeFileSync(path, '{"owner":{"pid":4194305,"started":"old"},"node":{}}');
  expect(takeLock(path, found)).toMatchObject({ isTaken: false, holder: { pid: 4_194_305 } });
});
