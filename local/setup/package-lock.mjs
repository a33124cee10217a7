import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './say.mjs';

/** @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean,
 *   os?: string | string[], cpu?: string | string[], optionalDependencies?: Record<string, string> }} Locked */
/** Reads the packages of package-lock.json, by their folders, and its entry for the project itself. Throws a sentence with what a
 * person can do when the file is broken, or when it does not fix the content of a package: for an entry without a digest, npm
 * accepts anything that a mirror serves.
 * @param {string} root */
export const readLocked = (root) => {
  // npm would read it instead of package-lock.json.
  if (existsSync(join(root, 'npm-shrinkwrap.json'))) {
    throw new SetupError(
      'npm-shrinkwrap.json must not exist, since npm reads it instead of package-lock.json: remove it, or find out who added it (docs/security.md, Supply).',
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

/** Reads the packages that npm has installed; undefined when npm has not finished: it writes this list last.
 * @param {string} root */
export const readInstalled = (root) => {
  const all = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (all === undefined) return undefined;
  const { '': _, ...packages } = all;
  return packages;
};

/** Finds a package that the project itself names for this platform and npm left out: npm does not report an optional package whose
 * digest is wrong. Undefined when there is none.
 * @param {{ project: Locked, packages: Record<string, Locked> }} lock
 * @param {Record<string, Locked>} installed */
export const leftOut = ({ project, packages }, installed) =>
  Object.keys(project.optionalDependencies ?? {}).find((name) => {
    const { os, cpu } = packages[`node_modules/${name}`] ?? {};
    const isForHere = [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
    return isForHere && installed[`node_modules/${name}`] === undefined;
  });

/** The packages of a lock by their folders; undefined when the file does not exist or was cut off.
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

// Exactly one complete digest: npm accepts any one of several, and ignores those that it cannot read.
const digest = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** What the lock must do, and what it does instead for this entry. Undefined when the entry's content is fixed and comes from the
 * registry, or when it is a folder of the clone.
 * @param {Locked} locked
 * @returns {readonly [string, string] | undefined} */
const entryTrouble = ({ integrity, link, resolved }) => {
  if (resolved !== undefined && !resolved.startsWith('file:') && !link) {
    return ['not name the place of a package', `comes from ${resolved}`];
  }
  if (link || digest.test(integrity ?? '')) return undefined;
  return ['hold one sha512 digest of every package (`integrity`)', `has ${integrity ?? 'none'}`];
};
