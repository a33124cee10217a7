import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { leftOut, readInstalled, readLocked } from './package-lock.mjs';
import { ownNode, pathWithoutPackages, placePrograms, versionOf } from './programs.mjs';
import { run } from './run.mjs';
import { SetupError } from './say.mjs';
import { endSurvivor } from './survivor.mjs';

const nodeMajor = 24;

// All packages are needed, whatever the user's npmrc or NODE_ENV says. No install script of any package is run: none is needed
// (docs/security.md has the reason for each), and only new versions of npm know `allowScripts` in package.json.
const ciFlags = [
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
];

/** The reason why the npm packages must be installed; undefined when they are those of package-lock.json. Compares contents, since the
 * times of files mean nothing after a `git clone` or a checkout. Throws when package-lock.json itself cannot be trusted.
 * @param {string} root */
export const packagesTrouble = (root) => {
  const lock = readLocked(root);
  const installed = readInstalled(root);
  if (installed === undefined) return 'nothing is installed yet, or only a part';
  const names = new Set([...Object.keys(lock.packages), ...Object.keys(installed)]);
  if ([...names].some((name) => !isSame(lock.packages[name], installed[name]))) {
    return 'package-lock.json differs from what is installed';
  }
  const lost = Object.keys(installed).find((name) => !existsSync(join(root, name, 'package.json')));
  if (lost !== undefined) return `${lost} is missing`;
  const left = leftOut(lock, installed);
  if (left !== undefined) return `${left} is not installed`;
  return nodeTrouble(root);
};

/** Installs the packages of package-lock.json, and checks that Node 24 is there.
 * @param {string} root
 * @param {string} stateDir */
export const installPackages = async (root, stateDir) => {
  const log = join(stateDir, 'setup-npm.log');
  const env = { ...process.env, PATH: pathWithoutPackages(process.env.PATH ?? ''), CI: 'true' };
  // npm writes it again when it has finished: if it is interrupted, the next set-up must notice.
  rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });
  const remember = join(stateDir, 'setup-npm.pid');
  await endSurvivor(remember);
  const npmCi = { what: 'npm ci', log, cwd: root, env, remember };
  const ci = await run(['npm', 'ci', ...ciFlags], npmCi);
  if (ci.code !== 0) {
    throw new SetupError(
      `\`npm ci\` ended with ${ci.code}; remove the cause and run \`npm run demo\` again. The end of ${log}:\n${ci.tail}`,
    );
  }
  const left = leftOut(readLocked(root), readInstalled(root) ?? {});
  if (left !== undefined) {
    throw new SetupError(
      `npm did not install ${left}: the registry's package does not have the digest that package-lock.json holds, or the registry does not have the package. Use another registry (npm's setting \`registry\`), and try again.`,
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

/** Whether a package is installed as locked; a package for another platform is locked, but not installed.
 * @param {import('./package-lock.mjs').Locked | undefined} wanted
 * @param {import('./package-lock.mjs').Locked | undefined} installed */
const isSame = (wanted, installed) =>
  installed === undefined
    ? wanted?.optional === true
    : wanted?.version === installed.version && wanted?.integrity === installed.integrity;

/** The reason why `npm run` would not find Node 24 or newer; undefined when it would. It finds npm's Node first, then the machine's.
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
