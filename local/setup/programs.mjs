import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { say } from './say.mjs';

/** Does what install scripts and some versions of npm leave undone, as often as one likes: npm's ffmpeg and ffprobe become
 * executable, and npm's Node is the one that `npm run` finds, where it starts.
 * @param {string} root */
export const placePrograms = (root) => {
  const here = `${process.platform}-${process.arch}`;
  for (const name of ['ffmpeg', 'ffprobe']) {
    const program = join(root, `node_modules/@${name}-installer/${here}/${name}`);
    if (existsSync(program) && !isExecutable(program)) chmodSync(program, 0o755);
  }
  const brought = `node-${here}/bin/node`;
  if (existsSync(join(root, 'node_modules', brought))) placeNode(root, brought);
};

/** Where `npm run` looks for a program first.
 * @param {string} root */
export const ownNode = (root) => join(root, 'node_modules/.bin/node');

/** What a Node says that it is, or undefined when it does not start.
 * @param {string} program */
export const versionOf = (program) => {
  try {
    return execFileSync(program, ['-v'], {
      encoding: 'utf8',
      env: { PATH: pathWithoutPackages(process.env.PATH ?? '') },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
};

/** npm must not run on the Node that it is about to replace.
 * @param {string} path */
export const pathWithoutPackages = (path) =>
  path
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);

/** @param {string} path */
const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** npm 10 removes the link to `bin/node` again, since the package of another platform, which it leaves out, has one of that name. A
 * Linux without glibc cannot start the program: there the machine's own Node must not be hidden by it.
 * @param {string} root
 * @param {string} brought */
const placeNode = (root, brought) => {
  const own = ownNode(root);
  if (!existsSync(own)) {
    if (versionOf(join(root, 'node_modules', brought)) === undefined) return;
    mkdirSync(dirname(own), { recursive: true });
    rmSync(own, { force: true });
    symlinkSync(join('..', brought), own);
  } else if (versionOf(own) === undefined) {
    say("npm's Node does not start on this machine: the machine's own is used");
    rmSync(own);
  }
};
