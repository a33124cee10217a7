import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, in memory. */
export interface SmallDisk {
  /** An empty folder on it. */
  readonly dir: string;
  /** Fills it until so many bytes are free, at most; 0 leaves no byte. May be called again. */
  readonly fill: (leftBytes: number) => void;
  /** Frees all that `fill` took. */
  readonly free: () => void;
  readonly close: () => void;
}

/** Mounts a disk of this size; undefined where this user may not (as root alone may, and only on Linux). */
export const openSmallDisk = (bytes: number): SmallDisk | undefined => {
  const mounted = mkdtempSync(join(tmpdir(), 'davit-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'davit-test', mounted], {
      stdio: 'ignore',
    });
  } catch {
    rmSync(mounted, { recursive: true });
    return undefined;
  }
  const dir = join(mounted, 'stack');
  const ballast = join(mounted, 'ballast');
  mkdirSync(dir, { mode: 0o700 });
  writeFileSync(ballast, '');
  return {
    dir,
    fill: (leftBytes) => {
      for (let size = blockBytes; size >= 1; ) {
        if (size > freeBytesOf(mounted) - leftBytes || !append(ballast, size)) size /= 16;
        if (leftBytes === 0 && freeBytesOf(mounted) === 0) return;
      }
    },
    free: () => writeFileSync(ballast, ''),
    close: () => {
      execFileSync('umount', ['-l', mounted]);
      rmSync(mounted, { recursive: true });
    },
  };
};

const blockBytes = 2 ** 20;

const freeBytesOf = (dir: string): number => {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
};

const append = (path: string, size: number): boolean => {
  try {
    appendFileSync(path, Buffer.alloc(size));
    return true;
  } catch {
    return false;
  }
};
