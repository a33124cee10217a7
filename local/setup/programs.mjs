import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAMS = ['ffmpeg', 'ffprobe'];

/** Makes npm's ffmpeg and ffprobe executable: ffprobe's package leaves that to an install script, and none of these is run.
 * @param {string} root */
export function allowPrograms(root) {
  for (const name of PROGRAMS) {
    const folder = `node_modules/@${name}-installer/${process.platform}-${process.arch}`;
    const program = join(root, folder, name);
    if (existsSync(program) && !isExecutable(program)) chmodSync(program, 0o755);
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
