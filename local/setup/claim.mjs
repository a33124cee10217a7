import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts a file where none is, whole from its first moment: whoever finds it can read who made it. False when there is one.
 * @param {string} path
 * @param {string} content */
export const claimFile = (path, content) => {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

/** Removes the claim that a dead process left, and no other one: somebody else may have taken its place since it was read.
 * @param {string} path
 * @param {string} content */
export const dropClaim = (path, content) => {
  const aside = `${path}.${process.pid}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = readFileSync(aside, 'utf8');
  rmSync(aside, { force: true });
  if (taken !== content) claimFile(path, taken);
};

/** What a person can do about a folder in which this user may not write, or whose file system cannot hold it, or undefined for any other trouble.
 * @param {string} path
 * @param {unknown} error */
export const notOurs = (path, error) => {
  const folder = dirname(path);
  if (codeOf(error) === 'EPERM') {
    return `${folder} must be on a file system with modes and hard links, but this one refuses them (EPERM, as vfat and CIFS do): use a folder on another one`;
  }
  if (codeOf(error) !== 'EACCES') return undefined;
  return `${folder} must be writable, but belongs to another user (an earlier run as root?): sudo chown -R "$(id -un)" '${folder}'`;
};

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : '');
