import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { signalIfThere } from './process-identity.mjs';
import { interrupted, SetupError, say } from './say.mjs';
import { forgetGroup, rememberGroup } from './survivor.mjs';

const progressMs = 15_000;

/** Runs a program to its end, writes its output to a file, and reports every 15 s that it is still running. Resolves with its exit
 * code (-1 when it could not be started, or a signal ended it) and the last lines of its output. Ctrl-C ends it with all that it
 * started; one that is `whole` is never interrupted: there Ctrl-C takes effect when it has ended. With `remember`, a file, the next
 * set-up can end the program (survivor.mjs) when this set-up was killed.
 * @param {readonly string[]} command
 * @param {{ what: string, log: string, cwd?: string, env?: NodeJS.ProcessEnv, whole?: boolean, remember?: string }} options */
export const run = async ([program = '', ...args], options) => {
  const { what, log, cwd, env, whole = false, remember } = options;
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w', 0o600);
  const since = performance.now();
  // Detached, since a terminal's Ctrl-C reaches every program of its group, and npm would go on for half a minute.
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  rememberGroup(remember, child.pid);
  const progress = setInterval(() => {
    say(`${what}, ${Math.round((performance.now() - since) / 1000)} s so far`);
  }, progressMs);
  const signals = whole ? ignoreSignals(what) : endOnSignal(child, what);
  try {
    const code = await new Promise((resolve) => {
      child.once('error', () => resolve(-1));
      child.once('exit', (exitCode) => resolve(exitCode ?? -1));
    });
    return { code, tail: tailOf(log) };
  } finally {
    clearInterval(progress);
    forgetGroup(remember);
    signals.done();
  }
};

const names = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Ignores signals, and throws at the end when one came.
 * @param {string} what */
const ignoreSignals = (what) => {
  let asked = false;
  const note = () => {
    if (!asked) say(`${what} must not be interrupted: waiting for its end`);
    asked = true;
  };
  for (const name of names) process.on(name, note);
  return {
    done: () => {
      for (const name of names) process.off(name, note);
      if (asked) throw new SetupError(`ended by a signal, after ${what}`, interrupted);
    },
  };
};

/** Ends the program at a signal. The next set-up notices what is incomplete, and does it again.
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} what */
const endOnSignal = (child, what) => {
  let asked = false;
  const end = () => {
    asked = true;
    if (child.pid !== undefined) signalIfThere(-child.pid, 'SIGKILL');
  };
  for (const name of names) process.on(name, end);
  return {
    done: () => {
      for (const name of names) process.off(name, end);
      if (asked) throw new SetupError(`${what} was interrupted`, interrupted);
    },
  };
};

const tailLines = 15;

/** @param {string} path */
const tailOf = (path) =>
  readFileSync(path, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n');
