import { dirname, join } from 'node:path';
import { troubleWithClaim } from '../setup/claim.mjs';
import { troubleWithFolder } from '../setup/private-folder.mjs';
import { readLock, releaseLock, takeLock } from '../setup/process-lock.mjs';

/** Takes a folder for this process, and closes it to other users. Refuses one that another living stack holds, or that cannot
 * belong to this user alone. Returns the release. */
export const lockFolder = (dir: string): (() => void) => {
  const path = join(dir, 'stack.lock');
  try {
    const trouble = troubleWithFolder(dir);
    if (trouble !== undefined) throw new Error(trouble);
    const attempt = takeLock(path, readLock(path));
    if (!attempt.isTaken) throw new Error(isRunning(path, attempt.holder?.pid));
  } catch (cause) {
    const sentence = troubleWithClaim(path, cause);
    throw sentence === undefined ? cause : new Error(sentence, { cause });
  }
  return () => releaseLock(path);
};

const isRunning = (path: string, pid: number | undefined): string =>
  `Davit is running already in ${dirname(path)} (pid ${pid ?? 'unknown'}): use it, end it with Ctrl-C, or choose another folder with DAVIT_DIR.`;
