import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { root as today } from '../kit/root.ts';
import type { Release } from './world.ts';

/** A release to be bundled. */
export interface BundleOptions {
  /** The name of the release in stories, and of the bundle's file: letters, digits, dots and dashes. */
  readonly name: string;
  /** Texts that replace files, or add some; each by its path from the root: `shared/core/step.ts`. */
  readonly sources: ReadonlyMap<string, string>;
  /** The folder of another release of the sources. Where it has no `test/simulation/functions.ts`, today's wires its `shared/`. */
  readonly root?: string;
}

/**
 * Bundles the functions of a release, and loads them. Packages stay outside of the bundle, so that all releases share them. Rejects with
 * esbuild's own message when the sources do not fit together. Starts esbuild, which is a process.
 */
export const bundleOf = async (options: BundleOptions): Promise<Release> => {
  const loaded = await loadBundle(await writeBundle(options));
  return { name: options.name, openFunctions: loaded.openFunctions };
};

/** What a bundle exports. */
export type Bundle = Pick<Release, 'openFunctions'> & Readonly<Record<string, unknown>>;

/** Loads a bundle that `writeBundle` has written; also in a worker thread. */
export const loadBundle = async (path: string): Promise<Bundle> => {
  const loaded: unknown = await import(pathToFileURL(path).href);
  if (isBundle(loaded)) return loaded;
  throw new Error(
    `Expected a bundle that exports openFunctions, but ${path} does not: bundle it again.`,
  );
};

/** Bundles the functions of a release, and returns the path of the bundle. */
export const writeBundle = async ({
  name,
  sources,
  root = today,
}: BundleOptions): Promise<string> => {
  const own = join(root, functions);
  const { outputFiles } = await build({
    entryPoints: [existsSync(own) ? own : join(today, functions)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    absWorkingDir: resolve(today),
    tsconfigRaw: {},
    logLevel: 'silent',
    plugins: [sourcesOf(root, sources)],
  });
  const text = outputFiles[0]?.text ?? '';
  await mkdir(folder, { recursive: true });
  await removeOld();
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const path = join(folder, `${name}-${digest}.mjs`);
  if (existsSync(path)) return path;
  // Another process may read the file while it is written.
  const part = `${path}.${process.pid}`;
  await writeFile(part, text);
  await rename(part, path);
  return path;
};

const functions = 'test/simulation/functions.ts';
/** Inside node_modules, so that the bundles find the packages. */
const folder = join(today, 'node_modules/.cache/davit-simulation');

const absent = 'absent';

/** Answers the given texts, and takes `shared/` from `root`, whoever imports it. */
const sourcesOf = (root: string, sources: ReadonlyMap<string, string>): Plugin => ({
  name: 'sources',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\./ }, ({ path, importer }) => {
      const wanted = resolve(dirname(importer), path);
      const fromToday = relative(today, wanted);
      if (!fromToday.startsWith('shared/')) return { path: wanted };
      const own = join(root, fromToday);
      // What an earlier release does not have is undefined in it.
      return root === today || existsSync(own) ? { path: own } : { path: own, namespace: absent };
    });
    onLoad({ filter: /./, namespace: absent }, () => ({ contents: 'module.exports = {};' }));
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents:
        sources.get(relative(root, path)) ??
        sources.get(relative(today, path)) ??
        // What today's functions wire, and an earlier release does not have, is an empty module there.
        (root === today || existsSync(path) ? await readFile(path, 'utf8') : 'export {};'),
      loader: 'ts',
    }));
  },
});

const isBundle = (value: unknown): value is Bundle =>
  typeof value === 'object' &&
  value !== null &&
  'openFunctions' in value &&
  typeof value.openFunctions === 'function';

const dayMs = 24 * 3_600_000;

const removeOld = async (): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const written = await stat(path).catch(() => undefined);
    if (written !== undefined && Date.now() - written.mtimeMs > dayMs)
      await rm(path, { force: true });
  }
};
