import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './say.mjs';

/** @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean,
 *   os?: string | string[], cpu?: string | string[], optionalDependencies?: Record<string, string> }} Locked */
/** The packages that package-lock.json names, by their folders, and what it says of the project itself. Throws the sentence that says
 * what a person can do where the file is broken, or where it lets a package in whose content it does not fix: npm takes whatever
 * a mirror hands out for an entry without a digest.
 * @param {string} root */
export const readLocked = (root) => {
  // npm reads it instead of package-lock.json, and whatever it lets in.
  if (existsSync(join(root, 'npm-shrinkwrap.json'))) {
    throw new SetupError(
      'npm-shrinkwrap.json must not be there, since npm takes it for package-lock.json: remove it, or find out who added it (docs/security.md, Supply).',
    );
  }
  const all = packagesIn(join(root, 'package-lock.json'));
  if (all === undefined) {
    throw new SetupError(
      'package-lock.json is missing or broken: restore it with `git checkout package-lock.json`.',
    );
  }
  const { '': project = {}, ...packages } = all;
  for (const [name, locked] of Object.entries(packages)) {
    const trouble = entryTrouble(locked);
    if (trouble !== undefined) {
      throw new SetupError(
        `package-lock.json must ${trouble[0]}, but ${name} ${trouble[1]}: restore the file with \`git checkout package-lock.json\`, or find out who changed it (docs/security.md, Supply).`,
      );
    }
  }
  return { project, packages };
};

/** The packages that npm has installed, or undefined when it has not come to its end: it writes this list last.
 * @param {string} root */
export const readInstalled = (root) => {
  const all = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (all === undefined) return undefined;
  const { '': _, ...packages } = all;
  return packages;
};

/** A package that the project itself names for this platform, and npm left out: npm says nothing of an optional package whose
 * digest is another one. Undefined when there is none.
 * @param {{ project: Locked, packages: Record<string, Locked> }} lock
 * @param {Record<string, Locked>} installed */
export const leftOut = ({ project, packages }, installed) =>
  Object.keys(project.optionalDependencies ?? {}).find((name) => {
    const { os, cpu } = packages[`node_modules/${name}`] ?? {};
    const isForHere = [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
    return isForHere && installed[`node_modules/${name}`] === undefined;
  });

/** The packages of a lock by their folders, or undefined when there is no such file or it was cut off.
 * @param {string} path
 * @returns {Record<string, Locked> | undefined} */
const packagesIn = (path) => {
  try {
    const { packages } = JSON.parse(readFileSync(path, 'utf8'));
    return typeof packages === 'object' && packages !== null ? packages : undefined;
  } catch {
    return undefined;
  }
};

// One, and whole: npm takes any of several, and passes over what it cannot read.
const digest = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** What the lock must do, and what an entry is instead; undefined when its content is fixed and comes from the registry, or lies in
 * the clone.
 * @param {Locked} locked
 * @returns {readonly [string, string] | undefined} */
const entryTrouble = ({ integrity, link, resolved }) => {
  if (resolved !== undefined && !resolved.startsWith('file:') && !link) {
    return ['name no place that a package comes from', `comes from ${resolved}`];
  }
  if (link || digest.test(integrity ?? '')) return undefined;
  return ['hold one sha512 digest of every package (`integrity`)', `has ${integrity ?? 'none'}`];
};
