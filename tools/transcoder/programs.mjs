import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { exit, Stop } from './exit.mjs';

const killAfterMs = 5_000;
const keptErrorCharacters = 4_000;

/** The path of ffmpeg or ffprobe: the one that DAVIT_FFMPEG or DAVIT_FFPROBE names, else the system's, else that of the npm package.
 * @param {'ffmpeg' | 'ffprobe'} name */
export const programOf = (name) => {
  const variable = `DAVIT_${name.toUpperCase()}`;
  const named = process.env[variable];
  if (named) {
    if (!isProgram(named))
      throw new Stop(
        exit.configuration,
        `${variable} must name a program, but ${named} is not one`,
      );
    return named;
  }
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = onPath.find(isProgram) ?? fromNpm(name);
  if (found === undefined) {
    throw new Stop(
      exit.configuration,
      `${name} is needed, but was not found: install it, or name it in ${variable}`,
    );
  }
  return found;
};

/** Runs a program to its end and resolves with its exit code (null after a signal) and the end of its stderr. When the signal aborts,
 * the program gets SIGTERM, after 5 s SIGKILL; when it has ended, this rejects with the signal's reason.
 * @param {readonly string[]} command
 * @param {{ signal: AbortSignal, onLine: (line: string) => void }} options
 * @returns {Promise<{ code: number | null, errors: string }>} */
export const runProgram = ([program = '', ...args], { signal, onLine }) => {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      errors = (errors + chunk).slice(-keptErrorCharacters);
    });
    /** @type {NodeJS.Timeout | undefined} */
    let killing;
    const end = () => {
      child.kill('SIGTERM');
      killing = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    };
    signal.addEventListener('abort', end, { once: true });
    child.once('error', (error) => {
      reject(new Stop(exit.configuration, `${program} cannot be started: ${error.message}`, error));
    });
    child.once('close', (code) => {
      clearTimeout(killing);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason);
      else resolve({ code, errors: errors.trim() });
    });
  });
};

/** @param {string} path */
const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** @param {string} name */
const fromNpm = (name) => {
  try {
    const { path } = createRequire(import.meta.url)(`@${name}-installer/${name}`);
    return isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
};
