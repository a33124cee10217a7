import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unzip } from '../../../local/lambda/unzip.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-unzip-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const bundleOf = (content: Uint8Array): string => {
  const file = join(dir, 'bundle.zip');
  writeFileSync(file, content);
  return file;
};

it('unpacks compressed and stored files with their folders', () => {
  const handler = `export const handler = () => '${'long '.repeat(1000)}';`;
  const bundle = bundleOf(
    zipSync({
      functions: { 'dispatch.mjs': strToU8(handler) },
      'stored.txt': [strToU8('stored'), { level: 0 }],
    }),
  );
  unzip(bundle, join(dir, 'code'));
  expect(readFileSync(join(dir, 'code/functions/dispatch.mjs'), 'utf8')).toBe(handler);
  expect(readFileSync(join(dir, 'code/stored.txt'), 'utf8')).toBe('stored');
});

it.each(['../evil.mjs', 'functions/../../evil.mjs', '../code-beside/evil.mjs'])(
  'refuses the entry %s, which is outside of the folder',
  (name) => {
    const bundle = bundleOf(zipSync({ [name]: strToU8('evil') }));
    expect(() => unzip(bundle, join(dir, 'code'))).toThrow(
      `The bundle ${bundle} cannot be unpacked: its entry ${name} is outside of the bundle.`,
    );
    expect(existsSync(join(dir, 'evil.mjs'))).toBe(false);
    expect(existsSync(join(dir, 'code-beside'))).toBe(false);
  },
);

it('says which file is not a ZIP file', () => {
  const bundle = bundleOf(Buffer.from('not a ZIP file'));
  expect(() => unzip(bundle, join(dir, 'code'))).toThrow(
    `The bundle ${bundle} cannot be unpacked: invalid zip data.`,
  );
});
