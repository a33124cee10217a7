import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openOperatorKey } from '../../../local/endpoint/operator-key.ts';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-key-'));
  path = join(dir, 'operator.json');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('makes a key that no other folder has, and keeps it', () => {
  const key = openOperatorKey(path);
  expect(key).toEqual({
    accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    secretAccessKey: expect.stringMatching(/^[\w-]{40}$/),
  });
  expect(openOperatorKey(path)).toEqual(key);
  expect(openOperatorKey(join(dir, 'other.json'))).not.toEqual(key);
});

it('writes it so that only its user can read it, whatever the file was before', () => {
  openOperatorKey(path);
  chmodSync(path, 0o644);
  openOperatorKey(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it.each([
  '',
  '[]',
  '{"accessKeyId":"AKIALOCALDAVIT000000","secretAccessKey":"local"}',
  '{"accessKeyId":1,"secretAccessKey":null}',
])('makes a new key in place of %s', (text) => {
  writeFileSync(path, text);
  expect(openOperatorKey(path).secretAccessKey).toHaveLength(40);
});
