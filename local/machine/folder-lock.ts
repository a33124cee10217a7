import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claimFile, dropClaim, notOurs } from '../setup/claim.mjs';
import { troubleWithFolder } from '../setup/private-folder.mjs';
import { isAlive, processIdentityOf, savedProcessIdentity } from './process-identity.ts';

/** Claims a folder for this process, and closes it to other users; one that another living stack holds, or that cannot be ours
 * alone, is refused. Returns the release. */
export const lockFolder = (dir: string): (() => void) => {
  const path = join(dir, 'stack.lock');
  const content = JSON.stringify(processIdentityOf(process.pid) ?? { pid: process.pid });
  try {
    const trouble = troubleWithFolder(dir);
    if (trouble !== undefined) throw new Error(trouble);
    if (!claimFile(path, content)) takeOver(path, content);
  } catch (cause) {
    const sentence = notOurs(path, cause);
    throw sentence === undefined ? cause : new Error(sentence, { cause });
  }
  return () => rmSync(path, { force: true });
};

const takeOver = (path: string, content: string): void => {
  const found = textOf(path);
  const holder = savedProcessIdentity(parsed(found));
  if (holder !== undefined && isAlive(holder)) throw new Error(isRunning(path, holder.pid));
  dropClaim(path, found);
  // Somebody who came at the same moment was faster.
  if (!claimFile(path, content)) {
    throw new Error(isRunning(path, savedProcessIdentity(parsed(textOf(path)))?.pid));
  }
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A lock that was cut short is nobody's. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRunning = (path: string, pid: number | undefined): string =>
  `Davit is running already in ${dirname(path)} (pid ${pid ?? 'unknown'}): use it, end it with Ctrl-C, or choose another folder with DAVIT_DIR.`;
