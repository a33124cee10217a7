import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { visible } from '../../shared/wire/visible.ts';

/** One line of a log stream, and the number of bytes that it takes in the file. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly bytes: number;
}

/** Lines of a stream, with the offsets before and after them. */
export interface LogPage {
  readonly events: readonly LogEvent[];
  readonly start: number;
  readonly end: number;
}

/** Writes and reads logs: one file for each stream, one line for each event, which begins with the time. */
export interface LogStore {
  readonly append: (group: string, stream: string, lines: readonly string[]) => void;
  /** Reads forward from a byte offset; undefined if the stream does not exist. */
  readonly forward: (group: string, stream: string, from: number) => LogPage | undefined;
  /** Reads the last lines that end at a byte offset, or at the end of the stream. */
  readonly backward: (group: string, stream: string, to: number | undefined) => LogPage | undefined;
  /** The streams of a group, newest write first; undefined if the group does not exist. */
  readonly streams: (group: string) => readonly { name: string; writtenAt: number }[] | undefined;
  readonly fileOf: (group: string, stream: string) => string;
}

/** GetLogEvents answers at most 1 MB and 10,000 events (CloudWatch Logs API reference). */
const pageBytes = 1024 * 1024;

/**
 * Logs in a folder: `<folder>/<group>/<stream>.log`, where slashes in the names become folders. Lines that cannot be written are
 * dropped, and `log` is called once about it: a container must not end because its logs cannot be written.
 */
export const openLogStore = (dir: string, log = toStderr): LogStore => {
  const fileOf = (group: string, stream: string): string =>
    join(dir, ...`${group}/${stream}.log`.split('/').map((part) => part.replace(/^\.+$/, '_')));
  let logged = false;

  const append: LogStore['append'] = (group, stream, lines) => {
    if (lines.length === 0) return;
    const path = fileOf(group, stream);
    const time = new Date().toISOString();
    try {
      appendTo(path, lines.map((line) => `${time} ${line}\n`).join(''));
    } catch (cause) {
      if (!logged)
        log(`lines of ${path} are dropped: the file cannot be written: ${String(cause)}`);
      logged = true;
    }
  };

  return {
    append,
    fileOf,
    forward: (group, stream, from) => {
      const path = fileOf(group, stream);
      const size = sizeOf(path);
      if (size === undefined) return undefined;
      const text = readBytes(path, from, Math.min(pageBytes, Math.max(0, size - from)));
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      return { events: eventsOf(whole), start: from, end: from + Buffer.byteLength(whole) };
    },
    backward: (group, stream, to) => {
      const path = fileOf(group, stream);
      const size = sizeOf(path);
      if (size === undefined) return undefined;
      const end = Math.min(to ?? size, size);
      const from = Math.max(0, end - pageBytes);
      const text = readBytes(path, from, end - from);
      const whole = from === 0 ? text : text.slice(text.indexOf('\n') + 1);
      return { events: eventsOf(whole), start: end - Buffer.byteLength(whole), end };
    },
    streams: (group) => {
      const folder = dirname(fileOf(group, 'x'));
      if (sizeOf(folder) === undefined) return undefined;
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.log'))
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return {
            name: path.slice(folder.length + 1, -'.log'.length),
            writtenAt: statSync(path).mtimeMs,
          };
        })
        .sort((a, b) => b.writtenAt - a.writtenAt);
    },
  };
};

const toStderr = (line: string): void => void process.stderr.write(`${visible(line)}\n`);

/** Appends to a file. If its folder was removed, creates the folder and tries once more. */
const appendTo = (path: string, text: string): void => {
  try {
    appendFileSync(path, text);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, text);
  }
};

const sizeOf = (path: string): number | undefined => {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
};

const readBytes = (path: string, from: number, length: number): string => {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, length, from));
  } finally {
    closeSync(file);
  }
};

/** A line without a time (left by a full disk or an editor) gets the time of the line before. */
const eventsOf = (text: string): readonly LogEvent[] => {
  let last = 0;
  return text.split('\n').flatMap((line): LogEvent[] => {
    if (line === '') return [];
    const bytes = Buffer.byteLength(line) + 1;
    const space = line.indexOf(' ');
    const timestamp = Date.parse(line.slice(0, space));
    if (Number.isNaN(timestamp)) return [{ timestamp: last, message: line, bytes }];
    last = timestamp;
    return [{ timestamp, message: line.slice(space + 1), bytes }];
  });
};
