import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isAlive,
  processIdentityOf,
  savedProcessIdentity,
  signalIfThere,
} from './process-identity.mjs';
import { say } from './say.mjs';

const pollMs = 50;

/** Writes down the process group that is at work, by its first process.
 * @param {string | undefined} path
 * @param {number | undefined} pid */
export const rememberGroup = (path, pid) => {
  if (path === undefined || pid === undefined) return;
  const leader = processIdentityOf(pid);
  if (leader === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(leader), { mode: 0o600 });
};

/** @param {string | undefined} path */
export const forgetGroup = (path) => {
  if (path !== undefined) rmSync(path, { force: true });
};

/** Ends the npm that a killed set-up left at work in this clone, with all that it started: two would remove each other's packages.
 * @param {string} path */
export const endSurvivor = async (path) => {
  const leader = remembered(path);
  if (leader === undefined || !isAlive(leader)) return;
  say(`ending npm (process ${leader.pid}), which a killed set-up left at work here`);
  signalIfThere(-leader.pid, 'SIGKILL');
  while (isAlive(leader)) await sleep(pollMs);
};

/** @param {string} path */
const remembered = (path) => {
  try {
    return savedProcessIdentity(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
};
