import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from './proc.mjs';

/** One process of this machine, and no later one that was given the same number: `started` is what the system says about its
 * start (which boot, and clock ticks since then, on Linux; a date by `ps` elsewhere).
 * @typedef {{ readonly pid: number, readonly started: string }} ProcessIdentity */

const pollMs = 50;

/** The process that has this number now; undefined when there is none, or when it has ended and its parent has not yet noticed.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined} */
export const processIdentityOf = (pid) => {
  const started = process.platform === 'linux' ? startedByProc(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
};

/** This process. Throws where the system does not say when it started.
 * @returns {ProcessIdentity} */
export const ownIdentity = () => {
  const own = processIdentityOf(process.pid);
  if (own !== undefined) return own;
  const source = process.platform === 'linux' ? '/proc' : 'the program `ps`';
  throw new Error(
    `The system must say when process ${process.pid} started, but does not: make ${source} available.`,
  );
};

/** The identity in saved JSON, or undefined where the value is not one.
 * @param {unknown} value
 * @returns {ProcessIdentity | undefined} */
export const savedProcessIdentity = (value) => {
  if (value === null || typeof value !== 'object') return undefined;
  if (!('pid' in value && 'started' in value)) return undefined;
  const { pid, started } = value;
  return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
};

/** @param {ProcessIdentity} it */
export const isAlive = (it) => processIdentityOf(it.pid)?.started === it.started;

/** Resolves with true once the process is gone, with false when it is still alive after `timeoutMs`.
 * @param {ProcessIdentity} it
 * @param {number} timeoutMs */
export const isGoneWithin = async (it, timeoutMs) => {
  const until = performance.now() + timeoutMs;
  while (isAlive(it)) {
    if (performance.now() > until) return false;
    await sleep(pollMs);
  }
  return true;
};

/** Ends a process: SIGTERM, and SIGKILL when it has not ended after `graceMs`. Resolves when it is gone, also when it was gone
 * before.
 * @param {ProcessIdentity} it
 * @param {number} graceMs */
export const end = async (it, graceMs) => {
  signalTo(it, 'SIGTERM');
  if (await isGoneWithin(it, graceMs)) return;
  signalTo(it, 'SIGKILL');
  if (await isGoneWithin(it, graceMs)) return;
  throw new Error(
    `Process ${it.pid} must end, but SIGKILL did not end it: examine it with \`ps -p ${it.pid}\`.`,
  );
};

/** Signals a process, or with a negative number the group that it leads. A process that has ended, or became another user's, is
 * left alone.
 * @param {number} target
 * @param {NodeJS.Signals} signal */
export const signalIfThere = (target, signal) => {
  try {
    process.kill(target, signal);
  } catch {
    // ESRCH: it has ended, or never led a group. EPERM: a set-user-ID program.
  }
};

/** Whether the process was started since this machine booted; false where this cannot be known.
 * @param {ProcessIdentity} it */
export const isOfThisBoot = ({ started }) =>
  process.platform === 'linux' && bootId() !== '' && started.startsWith(`${bootId()}/`);

/** @param {number} pid */
const startedByProc = (pid) => {
  const stat = statOf(pid);
  return stat && `${bootId()}/${stat.startTicks}`;
};

/** @type {string | undefined} */
let knownBoot;

/** The id of this boot of the machine; empty in a container that does not show it. */
const bootId = () => {
  knownBoot ??= readBootId();
  return knownBoot;
};

const readBootId = () => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

/** @param {number} pid */
const startedByPs = (pid) => {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
};

/** @param {ProcessIdentity} it
 * @param {NodeJS.Signals} signal */
const signalTo = (it, signal) => {
  if (!isAlive(it)) return;
  try {
    process.kill(it.pid, signal);
  } catch (error) {
    // It may have ended since the check above; anything else (EPERM) must be seen.
    if (isAlive(it)) throw error;
  }
};
