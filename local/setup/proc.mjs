import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says about a process: its parent, its process group and its session, and its start in clock ticks since the boot.
 * @typedef {{ readonly parent: number, readonly group: number, readonly session: number, readonly startTicks: string }} ProcStat */

/** Reads `/proc/<pid>/stat`; undefined when there is no such process, or when it has ended and its parent has not yet noticed.
 * @param {number} pid
 * @returns {ProcStat | undefined} */
export const statOf = (pid) => {
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

/** The environment with which a process was started, each variable with a NUL behind it; empty where it may not be read.
 * @param {number} pid */
export const environOf = (pid) => textOf(`/proc/${pid}/environ`);

/** The numbers of all processes that the system shows; empty where there is no /proc.
 * @returns {readonly number[]} */
export const allPids = () => {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
};

/** @param {string} path */
const textOf = (path) => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
