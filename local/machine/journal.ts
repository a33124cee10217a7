import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** A file of JSON lines that only grows; when `append` returns, the entry survives a SIGKILL. A closed journal throws. */
export interface Journal {
  readonly append: (entry: object) => void;
  /** Appends an entry that is JSON already, in any number of lines. */
  readonly appendText: (json: string) => void;
  /** Whether it has grown so much since it was opened that it should be rewritten. */
  readonly isLong: () => boolean;
  /** Call when it could not be rewritten: `isLong` is then true only after it has grown by half. */
  readonly stayLong: () => void;
  readonly close: () => void;
}

/** To rewrite a journal costs as much as reading all that is kept: it is worth it when that is the smaller part of the file. */
const longBytes = 32 * 1024 * 1024;

/** The entries of a journal, in order; a last line that a crash cut short is left out. The file may be longer than a string can be. */
export const readJournal = function* (path: string): Generator<unknown> {
  if (!existsSync(path)) return;
  for (const line of linesOf(path)) {
    if (line === '') continue;
    try {
      yield JSON.parse(line);
    } catch {
      // Cut short by a crash.
    }
  }
};

/** Opens a journal to append to. With `entries` the file is rewritten and holds only these. */
export const openJournal = (path: string, entries?: Iterable<object>): Journal => {
  mkdirSync(dirname(path), { recursive: true });
  removeDrafts(path);
  let file: number | undefined =
    entries === undefined ? openToContinue(path) : rewrite(path, entries);
  let size = fstatSync(file).size;
  let longFrom = Math.max(longBytes, 2 * size);
  let torn = false;

  const write = (line: string): void => {
    // The descriptor of a closed file may belong to another file soon.
    if (file === undefined) throw new Error(`${path} is closed: the local stack is stopping.`);
    // A piece of an entry, as a full disk leaves it, would swallow the next one.
    if (torn) ftruncateSync(file, size);
    torn = true;
    appendFileSync(file, `${line}\n`);
    torn = false;
    size += Buffer.byteLength(line) + 1;
  };

  return {
    append: (entry) => write(JSON.stringify(entry)),
    // Outside of strings, where it is always escaped, a line break is only white space.
    appendText: (json) => write(json.replace(/[\r\n]/g, ' ')),
    isLong: () => size > longFrom,
    stayLong: () => {
      longFrom = 1.5 * size;
    },
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
};

const blockBytes = 1024 * 1024;

const linesOf = function* (path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const block = Buffer.alloc(blockBytes);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const bytes = readSync(file, block);
      const [first = '', ...others] = decoder.write(block.subarray(0, bytes)).split('\n');
      rest += first;
      for (const next of others) {
        yield rest;
        rest = next;
      }
      if (bytes === 0) break;
    }
    yield rest;
  } finally {
    closeSync(file);
  }
};

/** Removes the drafts that a killed process left; no other stack writes into this folder. */
const removeDrafts = (path: string): void => {
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.draft')) continue;
    rmSync(join(dirname(path), name), { force: true });
  }
};

const openToContinue = (path: string): number => {
  const file = openSync(path, 'a+');
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  if (size > 0) readSync(file, last, 0, 1, size - 1);
  if (size > 0 && last.toString() !== '\n') appendFileSync(file, '\n');
  return file;
};

/** Rewrites a journal and returns the open file. When this fails, the old file is still there. */
const rewrite = (path: string, entries: Iterable<object>): number => {
  const draft = `${path}.${process.pid}.draft`;
  const file = openSync(draft, 'a');
  try {
    for (const entry of entries) appendFileSync(file, `${JSON.stringify(entry)}\n`);
    renameSync(draft, path);
    return file;
  } catch (cause) {
    closeSync(file);
    rmSync(draft, { force: true });
    throw cause;
  }
};
