import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from '../kit/until.ts';
import { type Answers, startFakeAws } from './fake-aws.ts';

/** The launcher, which runs under any Node. */
export const launcher = fileURLToPath(new URL('../../cli/davit.mjs', import.meta.url));

/** `davit` as a process of its own. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
  readonly hasPrinted: (text: string) => Promise<void>;
  /** Ctrl-C as a terminal sends it: to every process of the group. */
  readonly interrupt: () => void;
}

/** How `davit` is started. */
export interface Start {
  readonly answers: Answers;
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A file for stdout, instead of the pipe that is read here. */
  readonly into?: string;
}

/** Starts the program against a fake AWS in the place of the local stack. */
export const startDavit = async (
  words: readonly string[],
  { answers, node = process.execPath, env = {}, into }: Start,
): Promise<Program> => {
  const aws = await startFakeAws(answers);
  onTestFinished(aws.stop);
  const redirected = into === undefined ? [] : ['sh', '-c', `exec "$@" > ${into}`, 'sh'];
  const [program = node, ...args] = [...redirected, node, launcher, ...words];
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', DAVIT_DIR: folderFor(aws.url), ...env },
    detached: true,
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      printed[name] += chunk;
    });
  }
  const sendSignal = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, signal);
    }
  };
  onTestFinished(() => sendSignal('SIGKILL'));
  return {
    child,
    ended: once(child, 'close').then(([code]) => ({ code, ...printed })),
    hasPrinted: async (text) => {
      await until(`davit printed "${text}"`, () =>
        `${printed.stdout}${printed.stderr}`.includes(text) ? true : undefined,
      );
    },
    interrupt: () => sendSignal('SIGINT'),
  };
};

const folderFor = (aws: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'davit-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const keys = { accessKeyId: 'a', secretAccessKey: 'b' };
  const place = { aws, region: 'eu-central-1', stage: 'local', table: 'davit-local-tasks' };
  writeFileSync(join(folder, 'local.json'), JSON.stringify({ ...place, ...keys }), { mode: 0o600 });
  return folder;
};
