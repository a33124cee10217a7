import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './until.ts';

/** A process that works in a folder, or was started with its path. */
export interface Living {
  readonly pid: number;
  readonly command: string;
}

/** Every other process that works in a folder, or was started with its path. */
export const livingIn = (dir: string): readonly Living[] => seenIn(dir).map(named);

/** Those of them that are containers: their working directory is that of the run. */
export const containersIn = (dir: string): readonly Living[] =>
  seenIn(dir)
    .filter(({ folder }) => folder.includes(`${dir}/scratch/`))
    .map(named);

/** Resolves when no process of a folder is left: RabbitMQ's own helpers end a moment after it. */
export const nothingLivesIn = (dir: string): Promise<boolean> =>
  until('the end of every process', () => livingIn(dir).length === 0).catch((cause: unknown) => {
    throw new Error(`${JSON.stringify(livingIn(dir))} live on`, { cause });
  });

interface Seen extends Living {
  readonly environment: string;
  readonly folder: string;
}

const seenIn = (dir: string): readonly Seen[] =>
  seen().filter(
    ({ pid, command, environment, folder }) =>
      pid !== process.pid && `${environment}\0${command}\0${folder}`.includes(dir),
  );

const seen = (): readonly Seen[] =>
  existsSync('/proc/self')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(seenInProc)
    : seenByPs();

// A process that has ended, but was not waited for, has no memory: its environment and command line are empty.
const seenInProc = (pid: string): Seen => {
  const textOf = (name: string) => orNothing(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
  return {
    pid: Number(pid),
    command: textOf('cmdline').replaceAll('\0', ' ').trim(),
    environment: textOf('environ'),
    folder: orNothing(() => readlinkSync(`/proc/${pid}/cwd`)),
  };
};

const orNothing = (read: () => string): string => {
  try {
    return read();
  } catch {
    return '';
  }
};

// macOS has no /proc. Its `ps -E` prints the environment after the command line.
const seenByPs = (): readonly Seen[] => {
  const folders = foldersByLsof();
  const lines = outputOf('ps', ['-axww', '-E', '-o', 'pid=,command=']).split('\n');
  return lines.flatMap((line) => {
    const [, pid, command] = /^ *(\d+) (.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined) return [];
    const folder = folders.get(Number(pid)) ?? '';
    return [{ pid: Number(pid), command, environment: '', folder }];
  });
};

/** Folders by process: for each, lsof prints the lines `p<pid>`, `fcwd` and `n<folder>`. */
const foldersByLsof = (): ReadonlyMap<number, string> =>
  new Map(
    [...outputOf('lsof', ['-d', 'cwd', '-Fpn']).matchAll(/^p(\d+)\n(?:f.*\n)?n(.*)$/gm)].map(
      ([, pid, folder = '']) => [Number(pid), folder],
    ),
  );

const outputOf = (program: string, words: readonly string[]): string =>
  spawnSync(program, words, { encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout ?? '';

const named = ({ pid, command }: Seen): Living => ({ pid, command });
