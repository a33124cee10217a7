import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from './proc.ts';

/** One process of this machine, and no later one that was given the same number: `started` is what the system says about its
 * start (which boot, and clock ticks since then, on Linux; a date by `ps` elsewhere). */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

const pollMs = 50;

/** Signals a process, or with a negative number the group that it leads. What has ended, or became another user's, is left alone. */
export const signalIfThere = (target: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(target, signal);
  } catch {
    // ESRCH: it has ended by itself, or never led a group. EPERM: a set-user-ID program.
  }
};

/** The process that has this number now, or undefined when there is none, or it only waits for its parent to notice its end. */
export const processIdentityOf = (pid: number): ProcessIdentity | undefined => {
  const started = process.platform === 'linux' ? startedByProc(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
};

/** What was saved as JSON of a process, or undefined where it is not that. */
export const savedProcessIdentity = (value: unknown): ProcessIdentity | undefined => {
  if (value === null || typeof value !== 'object') return undefined;
  if (!('pid' in value && 'started' in value)) return undefined;
  const { pid, started } = value;
  return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
};

export const isAlive = (it: ProcessIdentity): boolean =>
  processIdentityOf(it.pid)?.started === it.started;

/** Resolves with true once the process is gone, with false when it still lives after `timeoutMs`. */
export const isGoneWithin = async (it: ProcessIdentity, timeoutMs: number): Promise<boolean> => {
  const until = performance.now() + timeoutMs;
  while (isAlive(it)) {
    if (performance.now() > until) return false;
    await sleep(pollMs);
  }
  return true;
};

/** Ends a process: SIGTERM, and SIGKILL when it has not ended after `graceMs`. Resolves when it is gone; gone before is as good. */
export const end = async (it: ProcessIdentity, graceMs: number): Promise<void> => {
  signalTo(it, 'SIGTERM');
  if (await isGoneWithin(it, graceMs)) return;
  signalTo(it, 'SIGKILL');
  if (await isGoneWithin(it, graceMs)) return;
  throw new Error(
    `Process ${it.pid} must end, but SIGKILL did not end it: look at it with \`ps\`.`,
  );
};

/** Whether a process of these words was started since this machine booted; false where nobody can know. */
export const isOfThisBoot = ({ started }: ProcessIdentity): boolean =>
  process.platform === 'linux' && bootId() !== '' && started.startsWith(`${bootId()}/`);

const startedByProc = (pid: number): string | undefined => {
  const stat = statOf(pid);
  return stat && `${bootId()}/${stat.startTicks}`;
};

let knownBoot: string | undefined;

/** Which boot of this machine it is; empty in a container that does not show it. */
const bootId = (): string => {
  knownBoot ??= readBootId();
  return knownBoot;
};

const readBootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

const startedByPs = (pid: number): string | undefined => {
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

const signalTo = (it: ProcessIdentity, signal: NodeJS.Signals): void => {
  if (!isAlive(it)) return;
  try {
    process.kill(it.pid, signal);
  } catch (error) {
    // It may have ended since the look above; anything else (EPERM) must be seen.
    if (isAlive(it)) throw error;
  }
};
