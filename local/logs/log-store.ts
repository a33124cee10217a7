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

/** One line of a log stream, which takes so many bytes of its file. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly bytes: number;
}

/** Lines of a stream from an offset on, and the offsets before and after them. */
export interface LogPage {
  readonly events: readonly LogEvent[];
  readonly start: number;
  readonly end: number;
}

/** Where logs are written and read: a file a stream, a line an event, its time in front. */
export interface LogStore {
  readonly append: (group: string, stream: string, lines: readonly string[]) => void;
  /** Reads forward from a byte offset; undefined when there is no such stream. */
  readonly forward: (group: string, stream: string, from: number) => LogPage | undefined;
  /** Reads the last lines that end at a byte offset, or at the end of the stream. */
  readonly backward: (group: string, stream: string, to: number | undefined) => LogPage | undefined;
  /** The streams of a group, the one that was written to last first; undefined when there is no such group. */
  readonly streams: (group: string) => readonly { name: string; writtenAt: number }[] | undefined;
  readonly fileOf: (group: string, stream: string) => string;
}

/** GetLogEvents answers at most 1 MB and 10,000 events (CloudWatch Logs API reference). */
const pageBytes = 1024 * 1024;

/**
 * Logs under a folder: `<folder>/<group>/<stream>.log`, where slashes of the names become folders. Lines that cannot be
 * written are dropped, and `say` hears of it once: no container ends for want of its logs.
 */
export const openLogStore = (dir: string, say = toStderr): LogStore => {
  const fileOf = (group: string, stream: string): string =>
    join(dir, ...`${group}/${stream}.log`.split('/').map((part) => part.replace(/^\.+$/, '_')));
  let silent = false;

  const append: LogStore['append'] = (group, stream, lines) => {
    if (lines.length === 0) return;
    const path = fileOf(group, stream);
    const time = new Date().toISOString();
    try {
      appendTo(path, lines.map((line) => `${time} ${line}\n`).join(''));
    } catch (cause) {
      if (!silent) say(`lines of ${path} are dropped, for it cannot be written: ${String(cause)}`);
      silent = true;
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

/** Appends to a file, once more with its folder when somebody removed that. */
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

/** A line without a time, as a full disk or an editor may leave it, is of the time of the one before. */
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
