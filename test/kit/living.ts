import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './until.ts';

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const folderOf = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

// What has ended and was not waited for has no memory: its environment and command line are empty.
const namesIn = (pid: string): string =>
  `${textOf(`/proc/${pid}/environ`)}\0${textOf(`/proc/${pid}/cmdline`)}\0${folderOf(pid)}`;

/** A process that works in a folder, or was told of it when it was started. */
export interface Living {
  readonly pid: number;
  readonly command: string;
}

/** Every process but this one that has anything to do with a folder. */
export const livingIn = (dir: string): readonly Living[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => namesIn(pid).includes(dir))
    .map((pid) => ({
      pid: Number(pid),
      command: textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
    }));

/** Those of them that stand for containers: their working directory is the run's. */
export const containersIn = (dir: string): readonly Living[] =>
  livingIn(dir).filter(({ pid }) => folderOf(String(pid)).startsWith(`${dir}/scratch/`));

/** Resolves when no process is left that has to do with a folder: RabbitMQ's own helpers end a moment after it. */
export const nothingLivesIn = (dir: string): Promise<boolean> =>
  until('the end of every process', () => livingIn(dir).length === 0).catch((cause: unknown) => {
    throw new Error(`${JSON.stringify(livingIn(dir))} live on`, { cause });
  });
