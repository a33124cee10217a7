import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of a process: who started it, its process group and its session, and its start in clock ticks since the boot. */
export interface ProcStat {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startTicks: string;
}

/** Reads `/proc/<pid>/stat`; undefined when there is no such process, or it only waits for its parent to notice its end. */
export const statOf = (pid: number): ProcStat | undefined => {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  // The name, in parentheses, may hold spaces: count the fields behind it (proc(5): state is 3, starttime 22).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  return {
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: fields[19] ?? '',
  };
};

/** The environment with which a process was started, each variable with a NUL behind it; empty where it may not be read. */
export const environOf = (pid: number): string => textOf(`/proc/${pid}/environ`);

/** Every process that the system shows; none where there is no /proc. */
export const allPids = (): readonly number[] => {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
