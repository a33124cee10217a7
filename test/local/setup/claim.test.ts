import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFile, dropClaim, troubleWithClaim } from '../../../local/setup/claim.mjs';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-claim-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('does not remove the claim of a process that was faster', () => {
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
  expect(troubleWithClaim('/clone/.davit/setup.lock', denied)).toMatch(
    /^\/clone\/\.davit must be writable, but belongs to another user .*: sudo chown -R .* '\/clone\/\.davit'$/,
  );
  const refused = Object.assign(new Error('not permitted'), { code: 'EPERM' });
  expect(troubleWithClaim('/clone/.davit/setup.lock', refused)).toMatch(
    /^\/clone\/\.davit must be on a file system with modes and hard links, .*another one$/,
  );
  expect(troubleWithClaim('/clone/.davit/setup.lock', new Error('else'))).toBeUndefined();
});
