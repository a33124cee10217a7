import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimFile, dropClaim, notOurs } from './claim.mjs';
import { troubleWithFolder } from './private-folder.mjs';
import { SetupError, say } from './say.mjs';

const pollMs = 200;

/** Does the work while no other set-up does any: it waits for one that is at work, and takes over from one that was killed.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} */
export const alone = async (path, work) => {
  let told = false;
  while (!claimed(path)) {
    const holder = textOf(path);
    if (holder !== undefined && !isSetup(Number(holder))) dropClaim(path, holder);
    else if (!told) {
      told = true;
      say(`waiting for another set-up (process ${holder ?? 'unknown'}) to end`);
    }
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
};

/** Everything that set-up writes lies in this folder, so whoever may not write here is told so.
 * @param {string} path */
const claimed = (path) => {
  try {
    const trouble = troubleWithFolder(dirname(path), { isFixed: true });
    if (trouble !== undefined) throw new SetupError(trouble);
    return claimFile(path, String(process.pid));
  } catch (error) {
    const sentence = notOurs(path, error);
    throw sentence === undefined ? error : new SetupError(sentence);
  }
};

/** What the lock says; undefined when it went away meanwhile.
 * @param {string} path */
const textOf = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Whether this process lives, and is a set-up: its number may have passed on to another program.
 * @param {number} pid */
const isSetup = (pid) => {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('setup.mjs');
  } catch {
    return false;
  }
};
