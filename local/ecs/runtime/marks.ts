import { allPids, environOf, type ProcStat, statOf } from '../../setup/proc.mjs';
import { signalIfThere } from '../../setup/process-identity.mjs';

/** The variable in a run's environment by which all processes of the run are found. */
export const markName = 'DAVIT_LOCAL_RUN';

/** Which processes to find: the beginning of the mark's value, and the session of the run's first process, if it is known. */
export interface Wanted {
  readonly mark: string;
  readonly session?: number | undefined;
}

/** A chain of forks is given up after so many scans of all processes. A scan takes about 30 µs a process. */
const mostScans = 20;

/**
 * Ends every process that has a mark or is in the session, with all its descendants, and returns their pids. A process is not found
 * if it emptied or hides its environment (`PR_SET_DUMPABLE` 0, as ssh-agent), left the session and has lost its parent. Without
 * /proc no process is found.
 */
export const endMarked = (wanted: Wanted): readonly number[] => {
  const ended = new Set<number>();
  for (let scans = 0; scans < mostScans; scans += 1) {
    const found = marked(wanted);
    if (found.length === 0) break;
    for (const pid of found) {
      ended.add(pid);
      signalIfThere(pid, 'SIGKILL');
    }
  }
  return [...ended];
};

const marked = ({ mark, session }: Wanted): readonly number[] => {
  const stats = allPids().flatMap((pid): readonly [number, ProcStat][] => {
    const stat = pid === process.pid ? undefined : statOf(pid);
    return stat === undefined ? [] : [[pid, stat]];
  });
  const found = stats.filter(([pid, stat]) => stat.session === session || isMarked(pid, mark));
  return withDescendants(
    found.map(([pid]) => pid),
    stats,
  );
};

const isMarked = (pid: number, mark: string): boolean =>
  `\0${environOf(pid)}`.includes(`\0${markName}=${mark}`);

const withDescendants = (
  pids: readonly number[],
  stats: readonly (readonly [number, ProcStat])[],
): readonly number[] => {
  const found = new Set(pids);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [pid, { parent }] of stats) if (found.has(parent)) found.add(pid);
  }
  return [...found];
};
