import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openUsers } from '../../../local/secrets/users.ts';

it('keeps the passwords of a folder, and only its user can read them', () => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-secrets-'));
  const path = join(dir, 'secrets.json');
  const users = openUsers(path);
  expect(openUsers(path)).toEqual(users);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  rmSync(dir, { recursive: true });
});
