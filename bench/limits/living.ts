import { readFileSync } from 'node:fs';

/** What the tool's own file says: each run has written a line at its start and one at its end. */
export interface Living {
  readonly started: number;
  readonly ended: number;
  /** The most runs that had begun and not ended at the same time. */
  readonly mostAtOnce: number;
}

/** The script of a tool that appends `+` to the file at its start, and `-` at its end. */
export const livingScript = (file: string, sleepMs: number): string =>
  `echo + >> '${file}'; sleep ${sleepMs / 1_000}; echo - >> '${file}'`;

/** Reads the file of `livingScript`. Lines are in the order in which they were written, whatever process wrote them. */
export const livingIn = (file: string): Living => {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No run has started yet.
  }
  let started = 0;
  let ended = 0;
  let mostAtOnce = 0;
  for (const line of text.split('\n')) {
    if (line === '+') started += 1;
    if (line === '-') ended += 1;
    mostAtOnce = Math.max(mostAtOnce, started - ended);
  }
  return { started, ended, mostAtOnce };
};
