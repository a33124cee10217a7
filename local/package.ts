import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject, type JsonObject } from './endpoint/input.ts';
import { readJson } from './files.ts';

/** What `serverless package` made: the compiled template, and the folder with a bundle a function. */
export type Package = { readonly template: JsonObject; readonly dir: string };

/** Everything that the package is made of. A change of any of it makes another package. */
const inputs = ['functions', 'shared', 'infra', 'serverless.yml', 'tools.yml', 'package-lock.json'];

const templateFile = 'cloudformation-template-update-stack.json';

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

/** A name for the state of the sources. */
const fingerprint = (root: string): string => {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((path) => filesIn(root, path)).sort()) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

const run = (root: string, out: string, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const program = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
    const child = spawn(process.execPath, [program, 'package', '--package', out], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const callOff = (): void => void child.kill();
    signal?.addEventListener('abort', callOff);
    let said = '';
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString('utf8')).slice(-4000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('exit', (code) => {
      signal?.removeEventListener('abort', callOff);
      if (code === 0) resolve();
      else reject(new Error(`serverless package failed (exit ${code}):\n${said.trim()}`));
    });
  });

/** Reads a package folder. */
const readPackage = (dir: string): Package => {
  const template = readJson(join(dir, templateFile));
  if (!isObject(template)) {
    throw new Error(
      `${join(dir, templateFile)} is missing or is no JSON: run npx serverless package.`,
    );
  }
  return { template, dir };
};

/** So many packages are kept: going back to an earlier state of the sources then takes no time. */
const kept = 4;

const forgetOld = (cacheDir: string): void => {
  const byAge = readdirSync(cacheDir)
    .map((name) => join(cacheDir, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of byAge.slice(kept)) rmSync(old, { recursive: true, force: true });
};

/** Finds the package of the sources as they are, or makes it (10–20 s) and forgets the oldest. */
export const packageOf = async (
  root: string,
  cacheDir: string,
  options: { readonly log: (line: string) => void; readonly signal: AbortSignal | undefined },
): Promise<Package> => {
  const { log } = options;
  const dir = join(cacheDir, fingerprint(root));
  if (!existsSync(join(dir, templateFile))) {
    log('packaging the functions (serverless package), about 15 seconds …');
    const draft = `${dir}.${process.pid}.draft`;
    const began = Date.now();
    mkdirSync(cacheDir, { recursive: true });
    await run(root, draft, options.signal).catch((cause: unknown) => {
      rmSync(draft, { recursive: true, force: true });
      options.signal?.throwIfAborted();
      throw cause;
    });
    // Another process may have been faster; its package is as good as this one.
    if (existsSync(dir)) rmSync(draft, { recursive: true, force: true });
    else renameSync(draft, dir);
    forgetOld(cacheDir);
    log(`packaged in ${Math.round((Date.now() - began) / 1000)} s`);
  }
  return readPackage(dir);
};
