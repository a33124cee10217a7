import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const POLL_MS = 200;

/** Does the work while no other set-up does any: it waits for one that is at work, and takes over from one that was killed.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} */
export async function alone(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!claimed(path)) {
    const holder = holderOf(path);
    if (holder !== undefined && !isSetup(holder)) rmSync(path, { force: true });
    else if (!told) {
      told = true;
      say(`waiting for another set-up (process ${holder ?? 'unknown'}) to end`);
    }
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function claimed(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that wrote the lock; undefined when it went away meanwhile. An empty file was cut off: nobody's, so 0.
 * @param {string} path */
function holderOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether this process lives, and is a set-up: its number may have passed on to another program.
 * @param {number} pid */
function isSetup(pid) {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('setup.mjs');
  } catch {
    return false;
  }
}
