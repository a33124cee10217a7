import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { isObject } from '../../shared/core/object.ts';
import type { JsonObject } from '../endpoint/input.ts';
import { readJson } from '../machine/files.ts';
import { startInOwnSession } from '../machine/own-session.ts';
import { mostCharacters, packageFailure } from './package-failure.ts';

/** The result of `serverless package`: the compiled template, and the folder with a bundle for each function. */
export interface Package {
  readonly template: JsonObject;
  readonly dir: string;
}

const templateFile = 'cloudformation-template-update-stack.json';

/** Finds the package of the sources as they are, or makes it (10–20 s) and removes old ones. */
export const packageOf = async (
  project: string,
  cacheDir: string,
  options: { readonly log: (line: string) => void; readonly signal: AbortSignal | undefined },
): Promise<Package> => {
  const { log, signal } = options;
  const root = resolve(project);
  const found = join(cacheDir, fingerprint(root));
  if (existsSync(join(found, templateFile))) return readPackage(found);
  log('packaging the functions (serverless package), about 15 seconds …');
  const began = Date.now();
  mkdirSync(cacheDir, { recursive: true });
  const draft = mkdtempSync(join(cacheDir, 'draft-'));
  try {
    const { name, out } = await make(root, draft, signal);
    const dir = join(cacheDir, name);
    putInPlace(out, dir);
    log(`packaged in ${Math.round((Date.now() - began) / 1000)} s`);
    return readPackage(dir);
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    removeOld(cacheDir);
  }
};

/** Everything that the package is made of. A change in it leads to another package. */
const inputs = [
  'functions',
  'shared',
  'infra',
  'serverless.yml',
  'tools.yml',
  'package.json',
  'package-lock.json',
];

/** A name for the content of the sources. It does not depend on the path of their folder. */
const fingerprint = (root: string): string => {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((path) => filesIn(root, path)).sort()) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

const filesIn = (root: string, path: string): readonly string[] => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [full];
  }
};

/** Reads a package folder. */
const readPackage = (dir: string): Package => {
  const template = readJson(join(dir, templateFile));
  if (!isObject(template)) {
    throw new Error(
      `${join(dir, templateFile)} is missing or is not JSON: remove its folder and start again.`,
    );
  }
  return { template, dir };
};

/**
 * Packages a copy of the sources: an edit during packaging belongs to the next package, and the plugins' working folders, which are
 * beside the sources, are not shared with another process that packages at the same time.
 */
const make = async (
  root: string,
  draft: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly name: string; readonly out: string }> => {
  const copy = join(draft, 'sources');
  const out = join(draft, 'package');
  for (const input of inputs) cpSync(join(root, input), join(copy, input), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const temporary = join(draft, 'temporary');
  mkdirSync(temporary);
  await run(copy, { out, temporary }, signal);
  return { name: fingerprint(copy), out };
};

const run = (
  root: string,
  { out, temporary }: { readonly out: string; readonly temporary: string },
  signal: AbortSignal | undefined,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const program = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
    const child = startInOwnSession(process.execPath, [program, 'package', '--package', out], {
      cwd: root,
      // The plugin leaves a folder for each function; they are removed with this one.
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const listen = (chunk: Buffer): void => {
      if (output.length < mostCharacters) output += chunk.toString('utf8');
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(packageFailure(code, output)));
    });
  });

/** Moves a finished package to its place. If another process was faster, its package is the same and stays. */
const putInPlace = (out: string, dir: string): void => {
  if (existsSync(join(dir, templateFile))) return;
  // A package without a template is not finished.
  rmSync(dir, { recursive: true, force: true });
  try {
    renameSync(out, dir);
  } catch (cause) {
    if (!existsSync(join(dir, templateFile))) throw cause;
  }
};

/** So many packages are kept, so that earlier sources need no packaging. */
const mostKept = 4;

/** A younger package may be in use by a stack that is starting. */
const youngMs = 3_600_000;

const removeOld = (cacheDir: string): void => {
  const ageOf = (path: string): number =>
    Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const byAge = readdirSync(cacheDir)
    .map((name) => ({ path: join(cacheDir, name), ageMs: ageOf(join(cacheDir, name)) }))
    .sort((a, b) => a.ageMs - b.ageMs);
  for (const { path, ageMs } of byAge.slice(mostKept)) {
    if (ageMs > youngMs) rmSync(path, { recursive: true, force: true });
  }
};
