import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { troubleWithClaim } from './claim.mjs';
import { troubleWithFolder } from './private-folder.mjs';
import { readLock, releaseLock, takeLock } from './process-lock.mjs';
import { SetupError, say } from './say.mjs';

const pollMs = 200;

/** Does the work while no other set-up works in this clone: waits for one that is at work, and takes over from one that was killed.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} */
export const alone = async (path, work) => {
  let hasSaidSo = false;
  for (let attempt = take(path); !attempt.isTaken; attempt = take(path)) {
    if (!hasSaidSo) {
      say(`waiting for another set-up (process ${attempt.holder?.pid ?? 'unknown'}) to end`);
    }
    hasSaidSo = true;
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    releaseLock(path);
  }
};

/** Set-up writes everything into this folder, so a user who may not write there is stopped here.
 * @param {string} path */
const take = (path) => {
  try {
    const trouble = troubleWithFolder(dirname(path), { isFixed: true });
    if (trouble !== undefined) throw new SetupError(trouble);
    return takeLock(path, readLock(path));
  } catch (error) {
    const sentence = troubleWithClaim(path, error);
    throw sentence === undefined ? error : new SetupError(sentence);
  }
};
