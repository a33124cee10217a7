import { allPids, environOf, type ProcStat, statOf } from '../../setup/proc.mjs';
import { signalIfThere } from '../../setup/process-identity.mjs';

/** The variable of a run's environment by which what it has started is found. */
export const markName = 'DAVIT_LOCAL_RUN';

/** What is looked for: the beginning of the mark's value, and the session that the run's first process led, where it is known. */
export interface Wanted {
  readonly mark: string;
  readonly session?: number | undefined;
}

/** A chain of forks is given up after so many looks at all processes; each look takes about 30 µs a process. */
const mostLooks = 20;

/**
 * Ends every process that carries a mark or is in the session, with all that descends from it, and answers which.
 * What emptied its environment, or hides it (`PR_SET_DUMPABLE` 0, as ssh-agent), left the session and has lost its parent is not
 * found; nor is anything where there is no /proc.
 */
export const endMarked = (wanted: Wanted): readonly number[] => {
  const ended = new Set<number>();
  for (let looks = 0; looks < mostLooks; looks += 1) {
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
