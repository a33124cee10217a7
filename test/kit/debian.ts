import { spawnSync } from 'node:child_process';

/** A foreign program that a test needs, and the Debian package that contains it. */
export interface Foreign {
  /** A harmless call of the program; exit 0 means that it is installed. */
  readonly probe: readonly [string, ...string[]];
  /** Several have spaces between them. */
  readonly debianPackage: string;
}

/** Installs a missing program as root. Returns the reason to skip the test when the program is still missing. */
export const missing = ({ probe, debianPackage }: Foreign): string | undefined => {
  if (succeeds(probe)) return undefined;
  const wanted = `${probe[0]} (Debian package ${debianPackage}) is not here`;
  if (process.getuid?.() !== 0) return `${wanted}, and only root may install it`;
  if (installs(debianPackage) && succeeds(probe)) return undefined;
  return `${wanted}, and apt-get cannot install it`;
};

const succeeds = ([program, ...words]: readonly [string, ...string[]]): boolean =>
  spawnSync(program, words, { stdio: 'ignore' }).status === 0;

const installs = (name: string): boolean => {
  console.info(`installing the Debian package ${name}, for the tests that need it …`);
  const install = ['install', '--yes', '--no-install-recommends', ...name.split(' ')];
  // A fresh machine has no package lists yet.
  return aptGet(...install) || (aptGet('update') && aptGet(...install));
};

const aptGet = (...words: readonly string[]): boolean => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another test file may be installing too.
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  return spawnSync('apt-get', [...wait, ...words], { stdio: 'ignore', env }).status === 0;
};
