import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { programOf } from '../../tools/transcoder/programs.mjs';
import { type Ending, type Running, resultText, startProgram } from './program.ts';

/** The program of the tool transcoder. */
export const main = join(import.meta.dirname, '../../tools/transcoder/main.mjs');

const fast = ['-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
// With this, half of the file is a film that ends early.
const indexInFront = ['-movflags', '+faststart'];

/** The ffmpeg arguments for a test card of this size in pixels and length in seconds. */
export const picture = (size: string, seconds: number): readonly string[] => [
  ...['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=25:duration=${seconds}`],
];

/** The ffmpeg arguments for a tone of this length in seconds. */
export const sound = (seconds: number): readonly string[] => [
  ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
];

/** A new folder with a film of three seconds, `in.mp4`, and a function that starts the tool in it. */
export const transcoderIn = (prefix: string) => {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const at = (name: string): string => join(folder, name);
  const make = (name: string, ...words: readonly string[]): void => {
    const made = spawnSync(programOf('ffmpeg'), ['-y', '-v', 'error', ...words, at(name)]);
    expect(made.status, String(made.stderr)).toBe(0);
  };
  beforeAll(() => make('in.mp4', ...picture('320x180', 3), ...sound(3), ...fast, ...indexInFront));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    at,
    urlOf: (name: string): string => pathToFileURL(at(name)).href,
    /** Makes a film from these ffmpeg arguments, inputs first. */
    make,
    start: (
      input: unknown,
      env: Readonly<Record<string, string>> = {},
      release = '1.1.0',
    ): Running =>
      startProgram([main, '--release', release], {
        DAVIT_TASK_ID: 'task-1',
        DAVIT_RUN: '2',
        DAVIT_INPUT: typeof input === 'string' ? input : JSON.stringify(input),
        TMPDIR: folder,
        ...env,
      }),
    /** Files that only an unfinished run leaves: those of the run, and its temporary folder. */
    leftovers: (): readonly string[] =>
      readdirSync(folder).filter((name) => /davit-task-1|davit-transcoder-/.test(name)),
  };
};

/** The result of a run that must have succeeded. */
export const resultOf = (ending: Ending): unknown => {
  expect(ending.code, ending.stderr).toBe(0);
  return JSON.parse(resultText(ending) ?? 'null');
};

/** A web server on this machine, until it is disposed of. */
export const serve = (listener: RequestListener) =>
  listening(createServer(listener), 'http://127.0.0.1');

/** The address of a new server, which listens until it is disposed of. */
export const listening = async (server: Server, origin: string) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${origin}:${port}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
