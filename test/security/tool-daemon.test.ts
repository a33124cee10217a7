// The attacker is a tool, or a program that it was made to start. The goal: to go on after its task has ended, with a port,
// a miner, or a view of the next task. What remains possible: nothing where the system has a cgroup for each run; elsewhere, a
// program with an emptied or hidden environment, in a session of its own, without a living parent. docs/security.md names what
// any process of the same user can do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { agentRuntime } from '../../local/ecs/runtime/agent-runtime.ts';
import { findCgroup } from '../../local/ecs/runtime/cgroups.ts';
import type { AgentSettings } from '../../local/ecs/runtime/wire.ts';
import { childFolder, endAllLeftovers } from '../../local/machine/children.ts';
import { isGoneWithin, processIdentityOf } from '../../local/setup/process-identity.mjs';
import type { RuntimeReport } from '../../models/ecs/runtime.ts';
import { until } from '../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-daemon-'));
  const image = join(dir, 'images', 'tool', '1');
  mkdirSync(image, { recursive: true });
  const content = { digest: 'sha256:0', entryPoint: ['sh', '-c'], command: [] };
  writeFileSync(join(image, 'image.json'), JSON.stringify(content));
});

afterEach(() => {
  // If the attack succeeds, the test ends the processes that it has started.
  const pid = existsSync(join(dir, 'daemon')) ? daemonPid() : undefined;
  if (pid !== undefined && processIdentityOf(pid) !== undefined) process.kill(pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const taskArn = 'arn:aws:ecs:eu-central-1:123456789012:task/davit-local/0a1b2c';

const settings = (cgroup: string | undefined): AgentSettings => ({
  imagesDir: join(dir, 'images'),
  registry: 'r/x',
  logsDir: join(dir, 'logs'),
  childrenDir: childFolder(dir, 'containers-1'),
  scratchDir: join(dir, 'scratch'),
  path: `${dirname(process.execPath)}:${process.env.PATH}`,
  cgroup,
});

const orderOf = (script: string) => ({
  kind: 'start' as const,
  taskArn,
  container: 'tool',
  image: 'r/x/tool:1',
  command: [script],
  environment: { DIR: dir },
  cpu: 256,
  memoryMiB: 512,
  logOptions: {},
});

/** A tool that is running in an agent of its own. */
const openIn = (cgroup: string | undefined, script: string) => {
  const reports: RuntimeReport[] = [];
  const runtime = agentRuntime(settings(cgroup))((report) => void reports.push(report));
  onTestFinished(() => runtime.stop());
  runtime.carryOut(orderOf(script));
  const reported = (kind: RuntimeReport['kind']) =>
    until(kind, () => reports.find((report) => report.kind === kind), 30_000);
  return { runtime, reported };
};

const daemonPid = (): number => Number(readFileSync(join(dir, 'daemon'), 'utf8'));

const daemonLives = () => processIdentityOf(daemonPid()) !== undefined;

/** Prints its pid once it is ready, and stays. */
const body = `'echo $$ > "$0/new"; mv "$0/new" "$0/daemon"; exec sleep 600' "$DIR" >/dev/null 2>&1`;
const untilReady = 'until [ -s "$DIR/daemon" ]; do sleep 0.01; done';

const server = `const { createServer } = require('node:net');
const { renameSync, writeFileSync } = require('node:fs');
const it = createServer().listen(0, '127.0.0.1', () => {
  writeFileSync(process.env.DIR + '/port', String(it.address().port));
  writeFileSync(process.env.DIR + '/new', String(process.pid));
  renameSync(process.env.DIR + '/new', process.env.DIR + '/daemon');
});`;

const cgroup = findCgroup();

describe.each([
  ['a cgroup', cgroup],
  ['a mark', undefined],
])('a run whose processes are found by %s', (how, given) => {
  beforeEach((context) => {
    if (how === 'a cgroup' && cgroup === undefined) context.skip('this user may make no cgroups');
  });
  const open = (script: string) => openIn(given, script);

  it.each([
    ['has a session of its own', `setsid sh -c ${body} & ${untilReady}`],
    ['was forked twice', `( setsid sh -c ${body} & ) & wait; ${untilReady}`],
    ['ignores SIGHUP', `nohup setsid sh -c ${body} & ${untilReady}`],
  ])(
    'ends a daemon that %s with the task that started it, which has succeeded',
    async (_how, script) => {
      const { reported } = open(`${script}; exit 0`);
      expect(await reported('exited')).toMatchObject({ exitCode: 0 });
      expect(daemonLives()).toBe(false);
    },
  );

  it('ends a daemon that listens on a port', async () => {
    writeFileSync(join(dir, 'server.cjs'), server);
    const { reported } = open(`setsid node "$DIR/server.cjs" & ${untilReady}`);
    expect(await reported('exited')).toMatchObject({ exitCode: 0 });
    const port = Number(readFileSync(join(dir, 'port'), 'utf8'));
    const socket = connect(port, '127.0.0.1');
    const answer = await Promise.race([
      once(socket, 'connect').then(() => 'it listens'),
      once(socket, 'close'),
    ]).catch((cause: unknown) => String(cause));
    socket.destroy();
    expect(answer).toMatch(/ECONNREFUSED/);
  });

  it('ends a daemon that gets no SIGTERM together with its container, which does', async () => {
    const { runtime, reported } = open(
      `setsid sh -c ${body} & ${untilReady}; trap 'exit 7' TERM; touch "$DIR/ready"; while :; do sleep 0.01; done`,
    );
    await until('it is ready', () => existsSync(join(dir, 'ready')));
    runtime.carryOut({ kind: 'terminate', taskArn });
    expect(await reported('exited')).toMatchObject({ exitCode: 7 });
    expect(daemonLives()).toBe(false);
  });

  it('ends a daemon whose agent was killed', async () => {
    const { reported } = open(`echo $PPID > "$DIR/agent"; setsid sh -c ${body} & exec sleep 600`);
    await until('it is ready', () => existsSync(join(dir, 'daemon')));
    process.kill(Number(readFileSync(join(dir, 'agent'), 'utf8')), 'SIGKILL');
    await reported('hostLost');
    expect(daemonLives()).toBe(false);
  });

  it('ends at the next start a daemon whose whole stack was killed', async () => {
    const runtime = new URL('../../local/ecs/runtime/agent-runtime.ts', import.meta.url).href;
    const order = orderOf(`echo $PPID > "$DIR/agent"; setsid sh -c ${body} & exec sleep 600`);
    writeFileSync(
      join(dir, 'stack.mjs'),
      `const { agentRuntime } = await import(${JSON.stringify(runtime)});
    agentRuntime(${JSON.stringify(settings(given))})(() => {}).carryOut(${JSON.stringify(order)});`,
    );
    const stack = spawn(process.execPath, [join(dir, 'stack.mjs')], { stdio: 'inherit' });
    onTestFinished(() => void stack.kill('SIGKILL'));
    await until('it is ready', () => existsSync(join(dir, 'daemon')), 30_000);
    const agent = Number(readFileSync(join(dir, 'agent'), 'utf8'));
    // The agent must not have the time to end its containers in order.
    process.kill(agent, 'SIGSTOP');
    stack.kill('SIGKILL');
    await once(stack, 'exit');
    process.kill(agent, 'SIGKILL');
    endAllLeftovers(dir);
    const left = processIdentityOf(daemonPid());
    expect(left === undefined || (await isGoneWithin(left, 1_000))).toBe(true);
  });

  it('ends a daemon that emptied its environment', async (context) => {
    if (how === 'a mark')
      context.skip(
        'the daemon has no mark by which it can be found; the stack warns of this at its start',
      );
    const { reported } = open(
      `env -i "$(command -v setsid)" "$(command -v sh)" -c ${body} & ${untilReady}; exit 0`,
    );
    expect(await reported('exited')).toMatchObject({ exitCode: 0 });
    expect(daemonLives()).toBe(false);
  });
});
