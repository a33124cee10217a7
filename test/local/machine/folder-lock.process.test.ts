import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endLeftovers, openChildren } from '../../../local/machine/children.ts';
import { lockFolder } from '../../../local/machine/folder-lock.ts';
import { processIdentityOf } from '../../../local/machine/process-identity.ts';
import { openTeardown } from '../../../local/machine/teardown.ts';
import { claimFile, dropClaim, notOurs } from '../../../local/setup/claim.mjs';
import { until } from '../../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-folder-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const sleeper = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });

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

it('does not take the lock away from somebody who was faster', () => {
  const path = join(dir, 'stack.lock');
  expect(claimFile(path, 'the faster one')).toBe(true);
  dropClaim(path, 'the dead one');
  expect(readFileSync(path, 'utf8')).toBe('the faster one');
  expect(claimFile(path, 'another')).toBe(false);
  dropClaim(path, 'the faster one');
  expect(readdirSync(dir)).toEqual([]);
});

it('says what to do about a folder of another user, or of a poor file system', () => {
  const denied = Object.assign(new Error('permission denied'), { code: 'EACCES' });
  expect(notOurs('/clone/.davit/setup.lock', denied)).toMatch(
    /^\/clone\/\.davit must be writable, but belongs to another user .*: sudo chown -R .* '\/clone\/\.davit'$/,
  );
  const refused = Object.assign(new Error('not permitted'), { code: 'EPERM' });
  expect(notOurs('/clone/.davit/setup.lock', refused)).toMatch(
    /^\/clone\/\.davit must be on a file system with modes and hard links, .*another one$/,
  );
  expect(notOurs('/clone/.davit/setup.lock', new Error('else'))).toBeUndefined();
});

it('ends a process that was left behind, and names it', async () => {
  const child = sleeper();
  openChildren(dir).remember(child.pid, 'container of t-1');
  expect(endLeftovers(dir)).toEqual([`container of t-1 (pid ${child.pid})`]);
  await until('its end', () => processIdentityOf(child.pid ?? 0) === undefined || undefined);
  expect(endLeftovers(dir)).toEqual([]);
});

it('leaves alone a stranger that has the pid of a process long gone', async () => {
  const child = sleeper();
  const saved = { pid: child.pid, started: 'another boot/1', what: 'container' };
  writeFileSync(join(dir, `${child.pid}.json`), JSON.stringify(saved));
  expect(endLeftovers(dir)).toEqual([]);
  child.kill('SIGTERM');
  // A SIGKILL would have come first.
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

it('ends what was started in reverse order, once, also past a part that fails', async () => {
  const ended: string[] = [];
  const said: string[] = [];
  const teardown = openTeardown((line) => said.push(line));
  teardown.add('first', () => void ended.push('first'));
  teardown.add('broken', () => {
    throw new Error('stuck');
  });
  teardown.add('last', async () => void ended.push('last'));
  await Promise.all([teardown.run(), teardown.run()]);
  expect(ended).toEqual(['last', 'first']);
  expect(said).toEqual(['broken did not end cleanly: Error: stuck']);
});
