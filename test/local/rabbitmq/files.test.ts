import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { layoutOf, writeFiles } from '../../../local/rabbitmq/files.ts';
import { claim, readRecord } from '../../../local/rabbitmq/record.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-rabbit-files-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ports = { amqp: 1, management: 2, distribution: 3, epmd: 4 };

it('takes a folder whose record was cut short, and no folder of a living owner', async () => {
  const { record } = layoutOf(dir);
  writeFileSync(record, '');
  const claimed = await claim(record, () => {});
  expect(readRecord(record)).toMatchObject({ owner: claimed.owner });
  await expect(claim(record, () => {})).rejects.toThrow(/belongs to process \d+, which is running/);
});

it('makes an administrator and a cookie again that were cut short, and keeps complete ones', () => {
  const at = layoutOf(dir);
  for (const file of [at.admin, at.cookie]) writeFileSync(file, '');
  const admin = writeFiles(dir, ports);
  const cookie = readFileSync(at.cookie, 'utf8');
  expect(cookie).toMatch(/^[0-9a-f]{48}$/);
  expect(writeFiles(dir, ports)).toEqual(admin);
  expect(readFileSync(at.cookie, 'utf8')).toBe(cookie);
  expect(statSync(at.admin).mode & 0o777).toBe(0o600);
  expect(statSync(at.cookie).mode & 0o777).toBe(0o400);
});
