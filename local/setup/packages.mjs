import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';
import { endSurvivor } from './survivor.mjs';

const NODE_MAJOR = 24;

// What a user's npmrc or NODE_ENV may say otherwise: all packages are needed here, and their install scripts.
const CI_FLAGS = [
  '--include=dev',
  '--include=optional',
  '--ignore-scripts=false',
  '--no-audit',
  '--no-fund',
];

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Locked */

/** Why the npm packages are not what package-lock.json says, or undefined when they are. It compares contents: after a `git clone`
 * or a checkout the times of files say nothing.
 * @param {string} root */
export function packagesTrouble(root) {
  const wanted = lockedIn(join(root, 'package-lock.json'));
  if (wanted === undefined)
    throw new SetupError(
      'package-lock.json is missing or broken: restore it with `git checkout package-lock.json`.',
    );
  // npm writes this one last: an installation that was interrupted has none.
  const installed = lockedIn(join(root, 'node_modules/.package-lock.json'));
  if (installed === undefined) return 'nothing is installed yet, or only half of it';
  const names = new Set([...Object.keys(wanted), ...Object.keys(installed)]);
  if ([...names].some((name) => !isSame(wanted[name], installed[name]))) {
    return 'package-lock.json says something else than what is installed';
  }
  const lost = Object.keys(installed).find((name) => !existsSync(join(root, name, 'package.json')));
  if (lost !== undefined) return `${lost} is gone`;
  return nodeTrouble(root);
}

/** Installs what package-lock.json says, and makes sure of Node 24.
 * @param {string} root
 * @param {string} stateDir */
export async function installPackages(root, stateDir) {
  const log = join(stateDir, 'setup-npm.log');
  const env = { ...process.env, PATH: pathWithoutPackages(process.env.PATH ?? ''), CI: 'true' };
  // Until npm writes it anew: an interruption from here on must be seen by the next set-up.
  rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });
  const remember = join(stateDir, 'setup-npm.pid');
  await endSurvivor(remember, root);
  const npmCi = { what: 'npm ci', log, cwd: root, env, remember };
  const ci = await run(['npm', 'ci', ...CI_FLAGS], npmCi);
  if (ci.code !== 0) {
    throw new SetupError(
      `\`npm ci\` ended with ${ci.code}; run \`npm run demo\` again when its cause is gone. The end of ${log}:\n${ci.tail}`,
    );
  }
  for (const command of NODE_REPAIRS) {
    if (nodeTrouble(root) === undefined) return;
    say(`the package \`node\` came without its program: trying \`${command.join(' ')}\``);
    await run(command, { what: command.join(' '), log, cwd: join(root, 'node_modules/node'), env });
  }
  const trouble = nodeTrouble(root);
  if (trouble !== undefined) {
    throw new SetupError(
      `${trouble}: let npm run the install script of the package \`node\`, or install Node ${NODE_MAJOR} yourself, and try again. The end of ${log} may say more.`,
    );
  }
}

// The package fetches its program by a nested `npm install`, which may fail without failing `npm ci`.
const NODE_REPAIRS = [
  ['npm', '--prefix', '../..', 'rebuild', '--ignore-scripts=false', 'node'],
  ['node', 'installArchSpecificPackage'],
];

/** Why `npm run` would not find a Node of at least 24, or undefined when it would: the package's, else the system's.
 * @param {string} root */
function nodeTrouble(root) {
  const own = join(root, 'node_modules/.bin');
  const found = versionOf(join(own, 'node')) ?? versionOf('node');
  if (found !== undefined && Number.parseInt(found.slice(1), 10) >= NODE_MAJOR) return undefined;
  return `Node ${NODE_MAJOR} or newer must run Davit, but \`npm run\` finds ${found ?? 'none'}`;
}

/** @param {string} program */
function versionOf(program) {
  try {
    return execFileSync(program, ['-v'], {
      encoding: 'utf8',
      env: { PATH: pathWithoutPackages(process.env.PATH ?? '') },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** npm must not run on the Node that it is about to replace.
 * @param {string} path */
const pathWithoutPackages = (path) =>
  path
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);

/** A package for another platform is locked, and rightly not installed.
 * @param {Locked | undefined} wanted
 * @param {Locked | undefined} installed */
const isSame = (wanted, installed) =>
  installed === undefined
    ? wanted?.optional === true
    : wanted?.version === installed.version && wanted?.integrity === installed.integrity;

/** The packages of a lock by their folders, or undefined when there is no such file or it was cut off.
 * @param {string} path
 * @returns {Record<string, Locked> | undefined} */
function lockedIn(path) {
  try {
    const { packages } = JSON.parse(readFileSync(path, 'utf8'));
    return Object.fromEntries(Object.entries(packages).filter(([name]) => name !== ''));
  } catch {
    return undefined;
  }
}
