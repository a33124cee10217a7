import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryFoldersOf } from '../cgroups.ts';

/** The first process of a container, as this machine shows it in /proc. */
export interface ContainerProcess {
  /** Whether the program of the image has been executed: false while the engine's own programs still prepare it. */
  readonly hasBegun: () => boolean;
  /** How many processes of the container the kernel has killed because its memory was full. */
  readonly memoryKills: () => number;
  /** Ends the container without the engine. False if this user may not. */
  readonly kill: () => boolean;
}

/**
 * The process with the number that the engine names. Undefined when the engine names none, or when that number is another process here,
 * as when the engine runs in a virtual machine: the cgroup of a container has the container's id in its path.
 */
export const containerProcess = (pid: number, id: string): ContainerProcess | undefined => {
  const groups = textOf(`/proc/${pid}/cgroup`);
  if (pid <= 0 || !groups.includes(id)) return undefined;
  const folders = memoryFoldersOf(textOf('/proc/self/mountinfo'), groups).filter((folder) =>
    folder.includes(id),
  );
  return {
    hasBegun: () => [pid, ...childrenOf(pid)].some(isProgram),
    memoryKills: () => Math.max(0, ...folders.map(killsIn)),
    kill: () => textOf(`/proc/${pid}/cgroup`).includes(id) && kills(pid),
  };
};

const kills = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

/** The names of processes that prepare a container (runc, crun) and of init programs that engines put before it. */
const preparing = /^(runc|crun|youki|docker-init|podman-init|catatonit|tini|conmon)/;

const isProgram = (pid: number): boolean => {
  const name = textOf(`/proc/${pid}/comm`);
  return name !== '' && !preparing.test(name);
};

/** Read from the threads: a process may be the child of any of them. */
const childrenOf = (pid: number): readonly number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => textOf(`/proc/${pid}/task/${thread}/children`).trim().split(' '))
      .map(Number)
      .filter((child) => child > 0);
  } catch {
    return [];
  }
};

/** `memory.events` of cgroups version 2, and `memory.oom_control` of version 1. */
const killsIn = (folder: string): number => {
  const text = textOf(join(folder, 'memory.events')) || textOf(join(folder, 'memory.oom_control'));
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
