import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say } from './say.mjs';

const PROGRESS_MS = 15_000;
const TAIL_LINES = 15;

/** Runs a program to its end with all that it prints going to a file, and says every fifteen seconds that it is still at it. Resolves
 * with its exit code (-1 when it could not be started, or a signal ended it) and the last lines that it printed.
 * @param {readonly string[]} command
 * @param {{ what: string, log: string, cwd?: string, env?: NodeJS.ProcessEnv }} options */
export async function run([program = '', ...args], { what, log, cwd, env }) {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  const since = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output] });
  closeSync(output);
  const progress = setInterval(() => {
    say(`${what}, ${Math.round((performance.now() - since) / 1000)} s so far`);
  }, PROGRESS_MS);
  // Ctrl-C reaches the child by itself; a signal sent to us alone must not leave it working behind our back.
  const passOn = () => void child.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  try {
    const code = await new Promise((resolve) => {
      child.once('error', () => resolve(-1));
      child.once('exit', (exitCode) => resolve(exitCode ?? -1));
    });
    return { code, tail: tailOf(log) };
  } finally {
    clearInterval(progress);
    process.off('SIGTERM', passOn);
  }
}

/** @param {string} path */
const tailOf = (path) =>
  readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
