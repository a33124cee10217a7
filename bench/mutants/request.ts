import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './judge-test.ts';

// How a judge's process and the thread in which its tests run speak to each other: by files of one folder.

/** What is to be done with the tests of one file. */
export type Task =
  /** Run them without any fault, and write down which places each one executes. */
  | { readonly kind: 'learn' }
  /** Repeat these tests, by their ids, with each of these faults. */
  | {
      readonly kind: 'repeat';
      readonly tests: readonly string[];
      readonly faults: readonly number[];
    }
  /** Run them, except for those of these names, with one fault that is active from the start, in imports too. */
  | { readonly kind: 'import'; readonly fault: number; readonly skip: readonly string[] };

/** What was learnt of a test file. */
export interface Learnt {
  readonly file: string;
  readonly tests: readonly LearntTest[];
  /** The faults whose places were executed outside of the tests: while modules were imported, or in a hook of a suite. */
  readonly outside: readonly number[];
}

export interface LearntTest {
  readonly id: string;
  readonly name: string;
  /** Of computing: the machine may be busy with other work. */
  readonly ms: number;
  readonly hits: readonly number[];
}

/** One line of what a thread writes. */
export type Line =
  | { readonly learnt: Learnt }
  | VerdictLine
  /** A test that failed without any fault, so that it judged nothing. */
  | { readonly broken: string };

export interface VerdictLine {
  readonly verdict: Verdict;
  /** The name of the test. */
  readonly by: string;
}

/** The files of such a folder. */
export const filesIn = (folder: string) => ({
  task: join(folder, 'task'),
  lines: join(folder, 'lines'),
  /** The fault that is being judged. Written before each repetition, so its age shows a thread that hangs. */
  current: join(folder, 'current'),
});

export const writeTask = (folder: string, task: Task): void => {
  writeFileSync(filesIn(folder).task, JSON.stringify(task));
  writeFileSync(filesIn(folder).lines, '');
  writeFileSync(filesIn(folder).current, '');
};

export const readTask = (folder: string): Task =>
  JSON.parse(readFileSync(filesIn(folder).task, 'utf8'));

export const readLines = (folder: string): readonly Line[] =>
  readFileSync(filesIn(folder).lines, 'utf8')
    .split('\n')
    // The last line of a process that was killed may be incomplete: nothing follows it.
    .slice(0, -1)
    .map((line): Line => JSON.parse(line));

/** The fault that is being judged, if any, and since when. */
export const readCurrent = (folder: string): Current => {
  const text = readFileSync(filesIn(folder).current, 'utf8').trim();
  const sinceMs = statSync(filesIn(folder).current).mtimeMs;
  return { sinceMs, ...(text === '' ? {} : { fault: Number(text) }) };
};

interface Current {
  readonly fault?: number;
  readonly sinceMs: number;
}
