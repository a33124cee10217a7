import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { statOf } from '../../local/setup/proc.mjs';

/** Whether this system tells the peak memory of a process (proc(5)). */
export const knowsPeaks = (): boolean => existsSync('/proc/self/status');

/** The most memory that a process has had so far, in MiB (`VmHWM` of proc(5)); 0 when it is gone. */
export const peakMiBOf = (pid: number): number => {
  try {
    const [, kiB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kiB ?? 0) / 1024;
  } catch {
    return 0;
  }
};

/** The processes that this process has started and whose command line contains a text. */
export const childrenWith = (text: string): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) => pid > 0 && statOf(pid)?.parent === process.pid && commandOf(pid).includes(text),
    );

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
