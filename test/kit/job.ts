import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

/** A program as the foreground job of a terminal: a process group, to all of which Ctrl-C goes. */
export interface Job {
  readonly child: ChildProcess;
  /** All that it has printed. */
  readonly printed: () => string;
  /** Resolves once it has printed this text; rejects when it ends without it. */
  readonly waitFor: (text: RegExp) => Promise<unknown>;
  readonly ctrlC: () => void;
  /** Its exit code; null when a signal ended it. */
  readonly exit: () => Promise<number | null>;
  /** Other processes that two looks in a row saw in its group since its start. */
  readonly companions: () => readonly string[];
}

/** Starts a job, and ends it with the test if it still runs. */
export const startJob = (
  [program = '', ...words]: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Job => {
  const child = spawn(program, words, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
  const companions = new Map<number, string>();
  let before: ReadonlyMap<number, string> = new Map();
  const poll = setInterval(() => {
    const members = membersOf(child.pid);
    const own = members.get(child.pid ?? 0);
    // A process that is just being started is a copy of the job until it has a session of its own. `ps` reads its group and its
    // command one after the other, so one look may see the old group and the new command.
    for (const [pid, command] of members)
      if (pid !== child.pid && command !== own && before.get(pid) === command)
        companions.set(pid, command);
    before = members;
  }, 25);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const ended = once(child, 'close').finally(() => clearInterval(poll));
  onTestFinished(async () => {
    if (!isOver()) child.kill('SIGTERM');
    await ended;
  });
  return {
    child,
    printed: () => printed,
    waitFor: (text) =>
      until(
        String(text),
        () => {
          if (text.test(printed)) return true;
          if (isOver()) throw new Error(`it ended without ${text}: ${printed}`);
          return undefined;
        },
        150_000,
      ),
    ctrlC: () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    },
    exit: async () => {
      await ended;
      return child.exitCode;
    },
    companions: () => [...companions.values()],
  };
};

/** The processes in the group of a leader: pids with their command lines. */
const membersOf = (leader: number | undefined): ReadonlyMap<number, string> => {
  const lines = spawnSync('ps', ['-axo', 'pid=,pgid=,command='], { encoding: 'utf8' }).stdout ?? '';
  return new Map(
    lines.split('\n').flatMap((line) => {
      const [, pid, group, command = ''] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
      return Number(group) === leader ? [[Number(pid), command] as const] : [];
    }),
  );
};
