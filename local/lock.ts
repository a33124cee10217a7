import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startTimeOf } from './children.ts';
import { isObject } from './endpoint/input.ts';
import { readJson } from './files.ts';

const lockedBy = (path: string): number | undefined => {
  const saved = readJson(path);
  if (!isObject(saved) || typeof saved.pid !== 'number') return undefined;
  return isAlive(saved.pid, String(saved.startTime)) ? saved.pid : undefined;
};

/** Claims a folder for this process; one that another living stack holds is refused. Returns the release. */
export const lockFolder = (dir: string): (() => void) => {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'stack.lock');
  const content = JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) });
  const claim = (): boolean => {
    try {
      writeFileSync(path, content, { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  };
  if (!claim()) {
    const pid = lockedBy(path);
    if (pid !== undefined) {
      throw new Error(
        `Davit is running already in ${dir} (pid ${pid}): use it, end it with Ctrl-C, or choose another folder with DAVIT_DIR.`,
      );
    }
    rmSync(path, { force: true });
    if (!claim()) throw new Error(`${path} cannot be written: check who may write there.`);
  }
  return () => rmSync(path, { force: true });
};
