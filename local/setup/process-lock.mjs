import { readFileSync, rmSync } from 'node:fs';
import { claimFile, dropClaim } from './claim.mjs';
import { isAlive, ownIdentity, savedProcessIdentity } from './process-identity.mjs';

// The one lock protocol of this machine, for the set-up of a clone, for the folder of a stack and for the node of RabbitMQ:
//
// - The lock is a file that names its holder by process identity. It appears whole or not at all (claim.mjs).
// - The holder is dead when no process has its number and its start. A file that names no holder, for example because a crash
//   cut it short, has none.
// - Who finds a dead holder removes exactly the file that it read and takes the lock. Of several, one succeeds.
// - The holder removes the file when it has finished. SIGKILL leaves it to the next one.

/** @typedef {import('./process-identity.mjs').ProcessIdentity} ProcessIdentity */
/** A lock file as it was read: its JSON, who holds the lock, and whether this process is alive.
 * @typedef {{ text: string, content: unknown, holder: ProcessIdentity | undefined, isHeld: boolean }} FoundLock */

/** Reads the lock at this path; undefined when there is none.
 * @param {string} path
 * @returns {FoundLock | undefined} */
export const readLock = (path) => {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const content = parsed(text);
  const holder = holderIn(content);
  return { text, content, holder, isHeld: holder !== undefined && isAlive(holder) };
};

/** Takes the lock for this process, unless it is held. `found` is what `readLock` returned: who must clean up after a dead holder
 * does so in between, and a lock that has changed since then is not taken. `content` is what the file will say: the holder itself,
 * or an object with the holder as `owner`.
 * @param {string} path
 * @param {FoundLock | undefined} found
 * @param {(self: ProcessIdentity) => object} [content]
 * @returns {{ isTaken: true } | { isTaken: false, holder: ProcessIdentity | undefined }} */
export const takeLock = (path, found, content = (self) => self) => {
  if (found?.isHeld) return { isTaken: false, holder: found.holder };
  if (found !== undefined) dropClaim(path, found.text);
  if (claimFile(path, JSON.stringify(content(ownIdentity())))) return { isTaken: true };
  // Another process was faster.
  return { isTaken: false, holder: readLock(path)?.holder };
};

/** Gives the lock back; only its holder may do so.
 * @param {string} path */
export const releaseLock = (path) => rmSync(path, { force: true });

/** @param {string} path */
const textOf = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** @param {string} text
 * @returns {unknown} */
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** @param {unknown} content */
const holderIn = (content) =>
  content !== null && typeof content === 'object' && 'owner' in content
    ? savedProcessIdentity(content.owner)
    : savedProcessIdentity(content);
