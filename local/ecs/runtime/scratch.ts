import { rmdirSync, rmSync } from 'node:fs';

/**
 * Removes the working folder of a run. One that cannot be removed stays: a tool may forbid it, or a daemon of the tool
 * still write there, and nobody else is to pay for that. Most are empty, and such a folder goes at a tenth of the cost.
 */
export const removeFolder = (path: string): void => {
  try {
    rmdirSync(path);
  } catch {
    removeTree(path);
  }
};

const removeTree = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It stays.
  }
};
