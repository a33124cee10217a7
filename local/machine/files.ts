import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Replaces a file whole or not at all: a crash leaves the old one. Only its user may read it. */
export const writeWhole = (path: string, content: string, mode = 0o600): void => {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  // A draft that a crash left would keep its own mode.
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
};

/** The parsed JSON of a file; undefined when the file does not exist or is not JSON. */
export const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};
