import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { firstEphemeralPort } from '../../../local/machine/ephemeral-ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-ephemeral-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['32768\t60999\n', 32_768],
  ['15000\t61000\n', 15_000],
  ['', 32_768],
  ['-\n', 32_768],
])('the system says %j: the range begins at %i', (text, first) => {
  const path = join(folder, 'range');
  writeFileSync(path, text);
  expect(firstEphemeralPort(path)).toBe(first);
});

test('the range begins at 32768 where the system does not say', () => {
  expect(firstEphemeralPort(join(folder, 'none'))).toBe(32_768);
});
