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

/** Does what skipped install scripts and some versions of npm do not do: makes npm's ffmpeg and ffprobe executable, and npm's Node
 * the one that `npm run` finds, if that Node starts here. May be called at any time.
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

/** The place where `npm run` looks for `node` first.
 * @param {string} root */
export const ownNode = (root) => join(root, 'node_modules/.bin/node');

/** The version that a Node prints; undefined when it does not start.
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

/** A PATH without the folders of npm packages: npm must not run on the Node that it is about to replace.
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

/** Links `bin/node`. npm 10 removes this link, because the package for another platform, which it leaves out, has one of the same
 * name. A Linux without glibc cannot start npm's Node: there it must not hide the machine's own.
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
    say("npm's Node does not start on this machine: using the machine's own");
    rmSync(own);
  }
};
