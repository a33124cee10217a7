import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hasPreviousRelease, previousRelease } from './previous-release.ts';
import { root } from './root.ts';

let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'davit-previous-'));
  mkdirSync(join(clone, 'test/simulation'), { recursive: true });
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

const name = (commit: string): void =>
  writeFileSync(join(clone, 'test/simulation/previous-release.txt'), `${commit}\n`);

/** A shallow clone may lack the history. */
const isThere = await hasPreviousRelease();

it.skipIf(!isThere)(
  'takes the sources of the named commit out of history, once for all callers',
  async () => {
    const [folder, same] = await Promise.all([previousRelease(), previousRelease()]);
    expect(same).toBe(folder);
    const commit = readFileSync(join(root, 'test/simulation/previous-release.txt'), 'utf8').trim();
    const step = execFileSync('git', ['-C', root, 'show', `${commit}:shared/core/step.ts`]);
    expect(readFileSync(join(folder, 'shared/core/step.ts'))).toEqual(step);
    expect(existsSync(join(folder, 'node_modules/valibot/package.json'))).toBe(true);
  },
);

it('fails with a sentence in a clone that lacks the commit', async () => {
  execFileSync('git', ['init', '--quiet', clone]);
  name('0123456789'.repeat(4));
  await expect(previousRelease(clone)).rejects.toThrow(
    /^The previous release is commit 0123456789.* this clone does not have it\. .*git fetch --unshallow/,
  );
  expect(existsSync(join(clone, '.davit/previous', '0123456789'.repeat(4)))).toBe(false);
  expect(await hasPreviousRelease(clone)).toBe(false);
});

it('refuses a file that does not name one commit', async () => {
  name('main');
  await expect(previousRelease(clone)).rejects.toThrow(/must hold the 40 digits .* not "main"/);
});
