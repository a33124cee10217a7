import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openLogStore } from '../../local/logs/log-store.ts';
import { boxImage, foreignImage } from '../kit/engine-images.ts';
import { openOrders } from '../kit/ordered-runs.ts';
import { noPodman, openPodman, type Podman } from '../kit/podman.ts';
import { containersAt } from '../kit/runtimes-under-test.ts';
import { until } from '../kit/until.ts';

const skipped = noPodman();

let dir: string;
let podman: Podman;
let orders: ReturnType<typeof openOrders>;

beforeAll(async () => {
  if (skipped !== undefined) return;
  dir = mkdtempSync(join(tmpdir(), 'davit-isolation-'));
  podman = await openPodman();
  const logs = openLogStore(join(dir, 'logs'));
  orders = openOrders(containersAt(podman.address, logs), logs);
});

afterAll(async () => {
  if (skipped !== undefined) return;
  await orders.stop();
  await podman.close();
  rmSync(dir, { recursive: true, force: true });
});

beforeEach((context) => {
  if (skipped !== undefined) context.skip(skipped);
});

const sh = (script: string, ...more: readonly [object?]) =>
  orders.order(boxImage, ['sh', '-c', script], ...more);

/** What a script prints in a container. */
const printed = async (script: string, ...more: readonly [object?]): Promise<readonly string[]> => {
  const run = sh(script, ...more);
  expect(await run.end()).toMatchObject({ kind: 'exited', exitCode: 0 });
  return run.lines();
};

it('runs a program without root, without capabilities, and without a way to get them', async () => {
  const lines = await printed('id -u; while read -r l; do echo "$l"; done < /proc/self/status');
  expect(lines[0]).toBe('65534');
  expect(lines).toContainEqual(expect.stringMatching(/^CapBnd:\s*0+$/));
  expect(lines).toContainEqual(expect.stringMatching(/^CapEff:\s*0+$/));
  expect(lines).toContainEqual(expect.stringMatching(/^NoNewPrivs:\s*1$/));
  expect(lines).toContainEqual(expect.stringMatching(/^Seccomp:\s*2$/));
});

it('gives a container the memory and the processors of its order, and no swap', async () => {
  const run = sh('echo ready; exec sleep 60', { cpu: 512, memoryMiB: 48 });
  await run.says('ready');
  const [listed] = await podman.engine.listContainers();
  const { HostConfig: host } = await podman.engine.getContainer(listed?.Id ?? '').inspect();
  expect(host).toMatchObject({
    Memory: 48 * 1024 * 1024,
    MemorySwap: 48 * 1024 * 1024,
    NanoCpus: 500_000_000,
    PidsLimit: 1024,
    Privileged: false,
    NetworkMode: 'none',
  });
  expect(listed?.Mounts).toEqual([]);
  run.kill();
  await run.end();
});

it('labels a container with its stack, stage, task and run, and removes it after its end', async () => {
  const run = sh('echo ready; exec sleep 60', {
    environment: { DAVIT_TASK_ID: 'film-1', DAVIT_RUN: '2' },
  });
  await run.says('ready');
  const [listed] = await podman.engine.listContainers();
  expect(listed?.Labels).toMatchObject({
    'davit.stack': 'a'.repeat(32),
    'davit.stage': 'local',
    'davit.task': 'film-1',
    'davit.run': '2',
    'davit.ecs-task': run.taskArn.split('/').at(-1),
  });
  run.kill();
  await run.end();
  await until(
    'its removal',
    async () => (await podman.engine.listContainers({ all: true })).length === 0,
  );
});

it('gives a container no more variables than its order and those of the engine', async () => {
  const lines = await printed('env', { environment: { ONE: '1' } });
  const names = lines.map((line) => line.split('=')[0] ?? '');
  // PWD is of the shell. The others are of Podman; Docker sets PATH, HOSTNAME and HOME, as on ECS.
  const known = ['HOME', 'HOSTNAME', 'ONE', 'PATH', 'PWD', 'TERM', 'container'];
  expect(names.filter((name) => !['_', 'OLDPWD'].includes(name)).toSorted()).toEqual(known);
});

it('gives a container a network that leads nowhere, and no socket of the engine', async () => {
  const script =
    'cat /proc/net/dev /proc/net/route; for s in /run/*.sock /run/*/*.sock; do echo "$s"; done';
  const lines = await printed(script);
  const devices = lines.flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? []);
  expect(devices).toEqual(['lo']);
  expect(lines.slice(-2)).toEqual(['/run/*.sock', '/run/*/*.sock']);
});

it('stops a program that starts more and more processes at its limit, and goes on', async () => {
  const bomb = sh('while :; do sleep 60 & done', { cpu: 2048, memoryMiB: 512 });
  expect(await bomb.end()).toMatchObject({ kind: 'exited' });
  expect(bomb.lines().at(-1)).toMatch(/fork/);
  expect(await printed('echo still here')).toEqual(['still here']);
});

it.for([
  ['the program', 'exec tail /dev/zero', 137],
  ['a process that it has started', 'tail /dev/zero; exit 5', 5],
])('says that memory was full when the kernel killed %s', async ([, script = '', exitCode]) => {
  const run = sh(String(script), { memoryMiB: 32 });
  expect(await run.end()).toEqual({ kind: 'exited', exitCode, outOfMemory: true });
});

it('does not say so of a program that was killed by a person', async () => {
  const run = sh('echo ready; exec sleep 60');
  await run.says('ready');
  const [listed] = await podman.engine.listContainers();
  await podman.engine.getContainer(listed?.Id ?? '').kill();
  expect(await run.end()).toEqual({ kind: 'exited', exitCode: 137 });
});

it('reports no start of a program for another processor', async () => {
  const run = orders.order(foreignImage, ['/bin/tool']);
  const reason = 'CannotStartContainerError: exec: "/bin/tool": exec format error';
  expect(await run.end()).toEqual({ kind: 'notStarted', reason });
  expect(run.reports()).toHaveLength(1);
});
