import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkSource, reserve } from '../../../tools/transcoder/files.mjs';

const folder = mkdtempSync(join(tmpdir(), 'davit-transcoder-files-'));
const locked = join(folder, 'locked');
const source = join(folder, 'in.mp4');
mkdirSync(locked);
writeFileSync(source, 'a film');
chmodSync(source, 0);
chmodSync(locked, 0o555);
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs as another user: root may read and write everything. */
const asNobody = async (act: () => Promise<unknown>): Promise<unknown> => {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
};

test('a source that may not be read is reported as that', async () => {
  await expect(asNobody(() => checkSource(source))).rejects.toMatchObject({
    code: 77,
    message: expect.stringMatching(/^the source cannot be read: EACCES/),
  });
});

test('a folder that may not be written is reported as that', async () => {
  const path = join(locked, 'out.mp4');
  await expect(asNobody(() => reserve(`${path}.part`, path))).rejects.toMatchObject({
    code: 77,
    message: expect.stringMatching(/^the result cannot be written: EACCES/),
  });
});
