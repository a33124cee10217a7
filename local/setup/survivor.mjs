import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const pollMs = 50;

/** Writes down which process group is at work, by its first process.
 * @param {string | undefined} path
 * @param {number | undefined} pid */
export const rememberGroup = (path, pid) => {
  if (path === undefined || pid === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, String(pid), { mode: 0o600 });
};

/** @param {string | undefined} path */
export const forgetGroup = (path) => {
  if (path !== undefined) rmSync(path, { force: true });
};

/** Ends a process with all that it started.
 * @param {number | undefined} pid */
export const endGroup = (pid) => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};

/** Ends the npm that a killed set-up left at work in this folder: two would take each other's packages away.
 * @param {string} path
 * @param {string} root */
export const endSurvivor = async (path, root) => {
  const pid = remembered(path);
  if (pid === undefined || !isNpmIn(pid, root)) return;
  say(`ending npm (process ${pid}), which a killed set-up left at work here`);
  endGroup(pid);
  while (isNpmIn(pid, root)) await sleep(pollMs);
};

/** @param {string} path */
const remembered = (path) => {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** Whether the process is npm, at work in this folder: its number may have passed on to another program.
 * @param {number} pid
 * @param {string} root */
const isNpmIn = (pid, root) => {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return /\bnpm\b/.test(stdout);
  }
  try {
    const isNpm = /\bnpm\b/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    return isNpm && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(root);
  } catch {
    return false;
  }
};
