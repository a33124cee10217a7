import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeWhole } from './files.ts';

/** A file of JSON lines that only grows; an entry is durable against a killed process when `append` returns. Closed, it throws. */
export type Journal = {
  readonly append: (entry: object) => void;
  /** Appends an entry that is JSON already, in any number of lines. */
  readonly appendText: (json: string) => void;
  readonly close: () => void;
};

/** The entries of a journal, in order; a last line that a crash cut short is left out. */
export const readJournal = (path: string): readonly unknown[] => {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line): unknown[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
};

/** Opens a journal to append to. With `entries` it begins anew with just these. */
export const openJournal = (path: string, entries?: readonly object[]): Journal => {
  mkdirSync(dirname(path), { recursive: true });
  if (entries !== undefined) {
    writeWhole(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  } else if (existsSync(path)) {
    const cut = !readFileSync(path, 'utf8').endsWith('\n');
    if (cut) appendFileSync(path, '\n');
  }
  let file: number | undefined = openSync(path, 'a');

  const write = (line: string): void => {
    // The number of a closed file is soon that of somebody else's.
    if (file === undefined) throw new Error(`${path} is closed: the local stack is stopping.`);
    writeSync(file, `${line}\n`);
  };

  return {
    append: (entry) => write(JSON.stringify(entry)),
    // Outside of strings, where it is always escaped, a line break is only white space.
    appendText: (json) => write(json.replace(/[\r\n]/g, ' ')),
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
};
