import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../../shared/core/error-message.ts';
import { root } from './root.ts';

const named = 'test/simulation/previous-release.txt';

/**
 * A folder with all files of the previous release, with the packages of this clone: the commit is in
 * `test/simulation/previous-release.txt`. They are taken out of git history once, into the ignored folder `.davit`; callers
 * change nothing there. Rejects with a sentence when the clone lacks that commit. It starts git and tar, so no unit test calls it.
 */
export const previousRelease = async (clone = root): Promise<string> => {
  const commit = readFileSync(join(clone, named), 'utf8').trim();
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw new Error(`${named} must hold the 40 digits of one commit, not "${commit}".`);
  }
  const folder = join(clone, '.davit', 'previous', commit);
  if (existsSync(folder)) return folder;
  mkdirSync(join(clone, '.davit', 'previous'), { recursive: true });
  const draft = mkdtempSync(join(clone, '.davit', 'previous', 'draft-'));
  try {
    await takeOut(clone, commit, draft);
    await symlink(join(clone, 'node_modules'), join(draft, 'node_modules'));
    putInPlace(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
};

/**
 * Whether this clone has the previous release, or can fetch that one commit. A shallow clone without a remote has neither: what
 * needs the previous release is left out there.
 */
export const hasPreviousRelease = async (clone = root): Promise<boolean> => {
  const commit = readFileSync(join(clone, named), 'utf8').trim();
  if (await hasCommit(clone, commit)) return true;
  await run('git', ['-C', clone, 'fetch', '--quiet', '--depth', '1', 'origin', commit]).catch(
    () => undefined,
  );
  return hasCommit(clone, commit);
};

const hasCommit = (clone: string, commit: string): Promise<boolean> =>
  run('git', ['-C', clone, 'cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );

const run = promisify(execFile);

const takeOut = async (clone: string, commit: string, into: string): Promise<void> => {
  const archive = join(into, 'archive.tar');
  await run('git', ['-C', clone, 'archive', '--output', archive, commit]).catch(
    (cause: unknown) => {
      throw new Error(
        `The previous release is commit ${commit} (${named}), and this clone does not have it. A shallow clone gets the whole history with: git fetch --unshallow. ${errorMessage(cause)}`,
        { cause },
      );
    },
  );
  await run('tar', ['-xf', archive, '-C', into]);
  rmSync(archive);
};

/** If another process was faster, its folder is the same and stays. */
const putInPlace = (draft: string, folder: string): void => {
  try {
    renameSync(draft, folder);
  } catch (cause) {
    if (!existsSync(folder)) throw cause;
  }
};
