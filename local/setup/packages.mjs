import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { leftOut, readInstalled, readLocked } from './locked.mjs';
import { ownNode, pathWithoutPackages, placePrograms, versionOf } from './programs.mjs';
import { run } from './run.mjs';
import { SetupError } from './say.mjs';
import { endSurvivor } from './survivor.mjs';

const nodeMajor = 24;

// What a user's npmrc or NODE_ENV may say otherwise: all packages are needed here. No install script of any package is run: none is
// needed (docs/security.md says why, one by one), and `allowScripts` in package.json is known to new npms alone.
const ciFlags = [
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
];

/** Why the npm packages are not what package-lock.json says, or undefined when they are. It compares contents: after a `git clone`
 * or a checkout the times of files say nothing. Throws where package-lock.json itself cannot be trusted.
 * @param {string} root */
export const packagesTrouble = (root) => {
  const lock = readLocked(root);
  const installed = readInstalled(root);
  if (installed === undefined) return 'nothing is installed yet, or only half of it';
  const names = new Set([...Object.keys(lock.packages), ...Object.keys(installed)]);
  if ([...names].some((name) => !isSame(lock.packages[name], installed[name]))) {
    return 'package-lock.json says something else than what is installed';
  }
  const lost = Object.keys(installed).find((name) => !existsSync(join(root, name, 'package.json')));
  if (lost !== undefined) return `${lost} is gone`;
  const left = leftOut(lock, installed);
  if (left !== undefined) return `${left} is not installed`;
  return nodeTrouble(root);
};

/** Installs what package-lock.json says, and makes sure of Node 24.
 * @param {string} root
 * @param {string} stateDir */
export const installPackages = async (root, stateDir) => {
  const log = join(stateDir, 'setup-npm.log');
  const env = { ...process.env, PATH: pathWithoutPackages(process.env.PATH ?? ''), CI: 'true' };
  // Until npm writes it again: an interruption from here on must be seen by the next set-up.
  rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });
  const remember = join(stateDir, 'setup-npm.pid');
  await endSurvivor(remember);
  const npmCi = { what: 'npm ci', log, cwd: root, env, remember };
  const ci = await run(['npm', 'ci', ...ciFlags], npmCi);
  if (ci.code !== 0) {
    throw new SetupError(
      `\`npm ci\` ended with ${ci.code}; run \`npm run demo\` again when its cause is gone. The end of ${log}:\n${ci.tail}`,
    );
  }
  const left = leftOut(readLocked(root), readInstalled(root) ?? {});
  if (left !== undefined) {
    throw new SetupError(
      `npm left ${left} out: what the registry handed out does not have the digest that package-lock.json holds, or it has no such package. Ask another registry (npm's setting \`registry\`), and try again.`,
    );
  }
  placePrograms(root);
  const trouble = nodeTrouble(root);
  if (trouble !== undefined) {
    throw new SetupError(
      `${trouble}: npm brings one for Linux on x64 and arm64 (glibc); here, install Node ${nodeMajor} yourself and try again.`,
    );
  }
};

/** A package for another platform is locked, and rightly not installed.
 * @param {import('./locked.mjs').Locked | undefined} wanted
 * @param {import('./locked.mjs').Locked | undefined} installed */
const isSame = (wanted, installed) =>
  installed === undefined
    ? wanted?.optional === true
    : wanted?.version === installed.version && wanted?.integrity === installed.integrity;

/** Why `npm run` would not find a Node of at least 24, or undefined when it would: npm's, where there is one, else the machine's.
 * @param {string} root */
const nodeTrouble = (root) => {
  const own = ownNode(root);
  const found = versionOf(existsSync(own) ? own : 'node');
  if (isNewEnough(found)) return undefined;
  return `Node ${nodeMajor} or newer must run Davit, but \`npm run\` finds ${found ?? 'none'}`;
};

/** @param {string | undefined} version */
const isNewEnough = (version) =>
  version !== undefined && Number.parseInt(version.slice(1), 10) >= nodeMajor;
