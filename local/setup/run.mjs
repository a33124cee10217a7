import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError, say } from './say.mjs';

const PROGRESS_MS = 15_000;
const TAIL_LINES = 15;

/** Runs a program to its end with all that it prints going to a file, and says every fifteen seconds that it is still at it. Resolves
 * with its exit code (-1 when it could not be started, or a signal ended it) and the last lines that it printed. A whole one is
 * never broken off: Ctrl-C is answered when it has ended.
 * @param {readonly string[]} command
 * @param {{ what: string, log: string, cwd?: string, env?: NodeJS.ProcessEnv, whole?: boolean }} options */
export async function run([program = '', ...args], { what, log, cwd, env, whole = false }) {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  const since = performance.now();
  // Detached from the terminal, whose Ctrl-C goes to every program that is not.
  const child = spawn(program, args, {
    cwd,
    env,
    detached: whole,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const progress = setInterval(() => {
    say(`${what}, ${Math.round((performance.now() - since) / 1000)} s so far`);
  }, PROGRESS_MS);
  const signals = whole ? waitAnyway(what) : passOn(child);
  try {
    const code = await new Promise((resolve) => {
      child.once('error', () => resolve(-1));
      child.once('exit', (exitCode) => resolve(exitCode ?? -1));
    });
    return { code, tail: tailOf(log) };
  } finally {
    clearInterval(progress);
    signals.done();
  }
}

/** Ctrl-C reaches the child by itself; a signal sent to us alone must not leave it working behind our back.
 * @param {import('node:child_process').ChildProcess} child */
function passOn(child) {
  const toChild = () => void child.kill('SIGTERM');
  process.on('SIGTERM', toChild);
  return { done: () => void process.off('SIGTERM', toChild) };
}

/** Throws at the end when somebody asked for it meanwhile.
 * @param {string} what */
function waitAnyway(what) {
  let asked = false;
  const note = () => {
    if (!asked) say(`${what} must not be broken off: waiting for its end`);
    asked = true;
  };
  const names = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const name of names) process.on(name, note);
  return {
    done: () => {
      for (const name of names) process.off(name, note);
      if (asked) throw new SetupError(`ended as asked, after ${what}`);
    },
  };
}

/** @param {string} path */
const tailOf = (path) =>
  readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
