import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findCgroup } from '../../../../local/ecs/runtime/cgroups.ts';
import { endEnclosed, openEnclosures } from '../../../../local/ecs/runtime/enclosures.ts';
import { processRuntime } from '../../../../local/ecs/runtime/processes.ts';
import { openLogStore } from '../../../../local/logs/log-store.ts';
import { openChildren } from '../../../../local/machine/children.ts';
import { isGoneWithin, processIdentityOf } from '../../../../local/setup/process-identity.mjs';
import type { RuntimeReport } from '../../../../models/ecs/runtime.ts';
import { until } from '../../../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-processes-'));
});

afterEach(() => {
  endEnclosed(join(dir, 'children'));
  rmSync(dir, { recursive: true, force: true });
});

const open = (
  script: string,
  environment: Readonly<Record<string, string>> = {},
  {
    image = { command: ['sh', '-c', script] },
    command,
    cgroup = findCgroup(),
    onEnd = () => {},
  }: {
    readonly image?: {
      readonly entryPoint?: readonly string[];
      readonly command: readonly string[];
    };
    readonly command?: readonly string[];
    /** As `none`, the runs are known by their marks alone. */
    readonly cgroup?: string | undefined;
    /** Called when a container's process has ended, before its outputs have. */
    readonly onEnd?: () => void;
  } = {},
) => {
  const reports: RuntimeReport[] = [];
  const logged: string[] = [];
  const logs = openLogStore(join(dir, 'logs'), (line) => void logged.push(line));
  const group = cgroup === 'none' ? undefined : cgroup;
  const enclosures = openEnclosures(join(dir, 'children'), group);
  const runtime = processRuntime({
    images: {
      list: () => [],
      find: () => ({ tag: '1', digest: '', entryPoint: [], ...image }),
    },
    logs,
    children: openChildren(join(dir, 'children')),
    enclosures: {
      ...enclosures,
      open: (run) => {
        const enclosure = enclosures.open(run);
        const end = (leader?: number): Promise<void> => {
          onEnd();
          return enclosure.end(leader);
        };
        return { ...enclosure, end };
      },
    },
    scratchDir: join(dir, 'scratch'),
    path: process.env.PATH ?? '',
  })((report) => reports.push(report));
  const start = (id: string) =>
    runtime.carryOut({
      kind: 'start',
      taskArn: `arn:aws:ecs:eu-central-1:123456789012:task/davit-local/${id}`,
      container: 'tool',
      image: 'any',
      environment,
      cpu: 256,
      memoryMiB: 512,
      ...(command ? { command } : {}),
      logOptions: { 'awslogs-group': 'group', 'awslogs-stream-prefix': 'tool' },
    });
  start('t1');
  const ended = () =>
    until('its end', () => reports.find((report) => report.kind === 'exited'), 10_000);
  const lines = () =>
    (logs.forward('group', 'tool/tool/t1', 0)?.events ?? []).map(({ message }) => message);
  return { runtime, reports, logged, start, ended, lines };
};

it('reports the end of a container whose daemon holds the outputs open, with everything that it had printed', async () => {
  // Without a cgroup, a process escapes only with a session and an environment of its own.
  const daemonize = `env -i "$(command -v setsid)" "$(command -v sh)" -c 'echo $$ > ready; exec sleep 60' &`;
  const script = `${daemonize} until [ -s ready ]; do sleep 0.01; done; cat ready; exit 3`;
  const one = open(script, {}, { cgroup: 'none' });
  expect(await one.ended()).toMatchObject({ exitCode: 3 });
  const [daemon] = one.lines();
  expect(daemon).toMatch(/^\d+$/);
  expect(processIdentityOf(Number(daemon))).toBeDefined();
  process.kill(Number(daemon), 'SIGKILL');
});

it('keeps what was printed in time, although this program was too busy to read it', async () => {
  const scratch = join(dir, 'scratch', 't1');
  const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  /** Blocks this program for longer than an output may stay open, and until the last words are in the pipe. */
  const beBusy = (): void => {
    const began = performance.now();
    const isOver = (): boolean => performance.now() > began + 10_000;
    writeFileSync(join(scratch, 'go'), '');
    while (performance.now() < began + 1_200) pause();
    while (!existsSync(join(scratch, 'said')) && !isOver()) pause();
  };
  const lastWords = 'echo $$ > ready; until [ -e go ]; do sleep 0.01; done; echo the last words';
  const daemonize = `env -i "$(command -v setsid)" "$(command -v sh)" -c '${lastWords}; : > said; exec sleep 60' &`;
  const script = `${daemonize} until [ -s ready ]; do sleep 0.01; done; cat ready; exit 3`;
  const one = open(script, {}, { cgroup: 'none', onEnd: () => void setImmediate(beBusy) });
  expect(await one.ended()).toMatchObject({ exitCode: 3 });
  const [daemon, ...rest] = one.lines();
  process.kill(Number(daemon), 'SIGKILL');
  expect(rest).toEqual(['the last words']);
});

it.each([
  ['its cgroup', undefined],
  ['the mark in its environment', 'none'],
])('ends a daemon of a container by %s before it reports the end', async (_by, cgroup) => {
  const daemonize = `setsid sh -c 'echo $$ > ready; exec sleep 60' &`;
  const script = `${daemonize} until [ -s ready ]; do sleep 0.01; done; cat ready; exit 0`;
  const one = open(script, {}, { cgroup });
  expect(await one.ended()).toMatchObject({ exitCode: 0 });
  expect(one.lines()).toEqual([expect.stringMatching(/^\d+$/)]);
  expect(processIdentityOf(Number(one.lines()[0]))).toBeUndefined();
});

it('gives a container the umask of containers', async () => {
  const before = process.umask(0o077);
  const one = open('umask');
  process.umask(before);
  await one.ended();
  expect(one.lines()).toEqual(['0022']);
});

it.each([
  ['that does not exist', ['/no/such/program'], 'executable file not found in $PATH'],
  ['that may not be executed', ['/etc/passwd'], 'permission denied'],
])('says what the system answers for a program %s', async (_what, words, answer) => {
  const one = open('', {}, { image: { command: words } });
  await until('its report', () => one.reports.length > 0 || undefined);
  const reason = `CannotStartContainerError: exec: "${words[0]}": ${answer}`;
  expect(one.reports).toMatchObject([{ kind: 'notStarted', reason }]);
});

it('ends the processes that a container left in its group', async () => {
  const one = open('sleep 60 & echo $!; exit 0');
  await one.ended();
  const left = processIdentityOf(Number(one.lines()[0]));
  expect(left === undefined || (await isGoneWithin(left, 5_000))).toBe(true);
});

it('starts no container whose order arrives after the end', async () => {
  const one = open('exec sleep 60');
  const stopped = one.runtime.stop();
  one.start('t2');
  await stopped;
  expect(readdirSync(join(dir, 'children'))).toEqual([]);
  expect(readdirSync(join(dir, 'scratch'))).toEqual([]);
});

/** Whether nothing may remove a file with the attribute `i`, which takes a file system that has it, and the right to set it. */
const canFix = (): boolean => {
  const probe = `: > probe && chattr +i probe && chattr -i probe`;
  return spawnSync('sh', ['-c', probe], { cwd: dir }).status === 0;
};

it('reports the end of a container whose folder cannot be removed', async (context) => {
  // The mode stops a user, the attribute root.
  if (process.getuid?.() === 0 && !canFix()) {
    context.skip('root can remove every folder here: chattr +i is refused');
  }
  const one = open('mkdir d; : > d/x; chattr +i d/x 2>&1; chmod 000 d; exit 3');
  const folder = join(dir, 'scratch', 't1');
  try {
    expect(await one.ended()).toMatchObject({ exitCode: 3 });
    await one.runtime.stop();
    expect(existsSync(folder)).toBe(true);
  } finally {
    const free = 'chmod 700 d; chattr -i d/x || true';
    if (existsSync(folder)) execFileSync('sh', ['-c', free], { cwd: folder, stdio: 'ignore' });
  }
});

it('reports that a container cannot start if its environment has a value that no program can have', () => {
  const { reports } = open('true', { NUL: 'a\0b' });
  expect(reports).toEqual([
    {
      kind: 'notStarted',
      taskArn: expect.stringContaining('t1'),
      reason: expect.stringMatching(/^CannotStartContainerError: sh: .*null bytes/),
    },
  ]);
  expect(readdirSync(join(dir, 'scratch'))).toEqual([]);
});

it.each([
  ['in place of the arguments of an image without an entry point', { command: ['false'] }],
  [
    'behind the entry point of an image that has one',
    { entryPoint: ['printf', '%s\n'], command: ['usage'] },
  ],
])('starts the command of the order %s, and never a shell', async (_what, image) => {
  const given = ['$(id)', '; exit 3', 'a b', '*', ''];
  const command = 'entryPoint' in image ? given : ['printf', '%s\n', ...given];
  const one = open('', {}, { image, command });
  expect(await one.ended()).toMatchObject({ exitCode: 0 });
  expect(one.lines()).toEqual(given);
});

it('continues to write logs after their folder was removed', async () => {
  const one = open('echo before; until [ -e go ]; do sleep 0.01; done; echo after');
  await until('a line', () => one.lines().includes('before') || undefined);
  rmSync(join(dir, 'logs'), { recursive: true });
  writeFileSync(join(dir, 'scratch', 't1', 'go'), '');
  await one.ended();
  expect(one.lines()).toEqual(['after']);
});

it('drops lines that cannot be written, logs that once, and keeps the container running', async () => {
  // A file where a folder must be, as for a disk that is full.
  writeFileSync(join(dir, 'logs'), '');
  const one = open('echo a; sleep 0.1; echo b; exit 3');
  expect(await one.ended()).toMatchObject({ exitCode: 3 });
  expect(one.logged).toEqual([expect.stringMatching(/lines of .*t1\.log are dropped/)]);
});
