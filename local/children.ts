import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from './endpoint/input.ts';
import { readJson } from './files.ts';

/** The record of processes that this stack started, so that a later one can end what a SIGKILL left behind. */
export type Children = {
  /** Writes a process down before anything else is said about it. A process without pid never lived. */
  readonly remember: (pid: number | undefined, what: string) => void;
  readonly forget: (pid: number | undefined) => void;
};

let knownBoot: string | undefined;

const bootId = (): string => {
  knownBoot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBoot;
};

const sameBoot = (startTime: string): boolean =>
  process.platform === 'linux' && startTime.startsWith(`${bootId()}/`);

/**
 * When a process began, as this system tells it; undefined when there is no such process. With the pid it
 * names a process for good, since pids come again.
 */
export const startTimeOf = (pid: number): string | undefined => {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold anything, so fields are counted from its closing bracket; a zombie has ended.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${bootId()}/${fields[19]}`;
  } catch {
    return undefined;
  }
};

/** Whether the process that was written down with this start time still lives. */
export const isAlive = (pid: number, startTime: string): boolean => startTimeOf(pid) === startTime;

const killGroup = (pid: number): void => {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // No such group or process: it is gone, or never led a group.
    }
  }
};

/** The folder of a stack's record of one kind of child; whoever starts children has a kind of its own. */
export const childFolder = (dir: string, kind: string): string => join(dir, 'children', kind);

/** Opens the record in a folder. */
export const openChildren = (dir: string): Children => {
  mkdirSync(dir, { recursive: true });
  return {
    remember: (pid, what) => {
      if (pid === undefined) return;
      const startTime = startTimeOf(pid);
      if (startTime === undefined) return;
      writeFileSync(join(dir, `${pid}.json`), JSON.stringify({ pid, startTime, what }));
    },
    forget: (pid) => {
      if (pid !== undefined) rmSync(join(dir, `${pid}.json`), { force: true });
    },
  };
};

/** Ends every written-down process that still lives, with its group, and empties the record. Says what it ended. */
export const endLeftovers = (dir: string): readonly string[] => {
  mkdirSync(dir, { recursive: true });
  const ended: string[] = [];
  for (const file of readdirSync(dir)) {
    const path = join(dir, file);
    const saved = readJson(path);
    if (isObject(saved) && typeof saved.pid === 'number' && typeof saved.startTime === 'string') {
      const now = startTimeOf(saved.pid);
      if (now === saved.startTime) ended.push(`${String(saved.what)} (pid ${saved.pid})`);
      // A group may outlive its leader, whose pid is not given anew as long as the group exists.
      if (now === saved.startTime || (now === undefined && sameBoot(saved.startTime))) {
        killGroup(saved.pid);
      }
    }
    rmSync(path, { force: true });
  }
  return ended;
};

/** Ends what a stack left behind, of every kind. */
export const endAllLeftovers = (dir: string): readonly string[] => {
  const folder = childFolder(dir, '');
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).flatMap((kind) => endLeftovers(join(folder, kind)));
};
