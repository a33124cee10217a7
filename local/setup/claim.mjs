import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Creates a file that does not exist yet, whole from its first moment: a reader always finds who made it. Answers false when
 * there is a file already.
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

/** Removes the claim that a dead process left, and no other one: another process may have taken its place since it was read.
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

/** The sentence about a folder in which this user may not write, or whose file system does not support claims, with what a person
 * can do; undefined for any other error.
 * @param {string} path
 * @param {unknown} error */
export const troubleWithClaim = (path, error) => {
  const folder = dirname(path);
  if (codeOf(error) === 'EPERM') {
    return `${folder} must be on a file system with modes and hard links, but this one refuses them (EPERM, as vfat and CIFS do): use a folder on another one`;
  }
  if (codeOf(error) !== 'EACCES') return undefined;
  return `${folder} must be writable, but belongs to another user (an earlier run as root?): sudo chown -R "$(id -un)" '${folder}'`;
};

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : '');
