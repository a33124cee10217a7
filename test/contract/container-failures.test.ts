import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { agentRuntime } from '../../local/ecs/runtime/agent-runtime.ts';
import { openEngine } from '../../local/ecs/runtime/engine/engine-record.ts';
import { type LogStore, openLogStore } from '../../local/logs/log-store.ts';
import { isGoneWithin, processIdentityOf } from '../../local/setup/process-identity.mjs';
import { startFaultOf } from '../../shared/core/start-failures.ts';
import { boxImage } from '../kit/engine-images.ts';
import { openOrders } from '../kit/ordered-runs.ts';
import { childrenWith } from '../kit/peak-memory.ts';
import { noPodman, openPodman, type Podman } from '../kit/podman.ts';
import { containersAt, engineSettings } from '../kit/runtimes-under-test.ts';
import { until } from '../kit/until.ts';

const skipped = noPodman();

let dir: string;
let logs: LogStore;
let podman: Podman;

beforeAll(async () => {
  if (skipped !== undefined) return;
  dir = mkdtempSync(join(tmpdir(), 'davit-failures-'));
  logs = openLogStore(join(dir, 'logs'));
  podman = await openPodman();
});

afterAll(async () => {
  if (skipped !== undefined) return;
  await podman.close();
  rmSync(dir, { recursive: true, force: true });
});

beforeEach((context) => {
  if (skipped !== undefined) context.skip(skipped);
});

const longRun = ['sh', '-c', 'echo ready; exec sleep 600'];

const openStack = (stack = 'a'.repeat(32)) => {
  const orders = openOrders(containersAt(podman.address, logs, stack), logs);
  onTestFinished(() => orders.stop());
  return orders;
};

const names = async (): Promise<readonly string[]> =>
  (await podman.engine.listContainers({ all: true })).flatMap(({ Names: all }) => all);

const noContainerIsLeft = () => until('no container', async () => (await names()).length === 0);

it('reports a container that was removed by a person as a lost host', async () => {
  const run = openStack().order(boxImage, longRun);
  await run.says('ready');
  await run.started();
  const [listed] = await podman.engine.listContainers();
  await podman.engine.getContainer(listed?.Id ?? '').remove({ force: true });
  const end = await run.end();
  // Whoever removes a container kills it first. Which of both is seen depends on the moment.
  if (end.kind === 'exited') expect(end).toEqual({ kind: 'exited', exitCode: 137 });
  else expect(end).toMatchObject({ kind: 'hostLost', reason: expect.stringMatching(/removed/) });
  await noContainerIsLeft();
});

it('loses the runs of an engine that goes away, ends them, and goes on when it is back', async () => {
  const orders = openStack();
  const run = orders.order(boxImage, longRun);
  await run.says('ready');
  await run.started();
  const [listed] = await podman.engine.listContainers();
  const { State: state } = await podman.engine.getContainer(listed?.Id ?? '').inspect();
  const first = processIdentityOf(state.Pid);
  await podman.crash();
  expect(await run.end()).toEqual({
    kind: 'hostLost',
    reason: 'Host terminated: its container engine does not answer.',
  });
  // Another run of the task may start now, so this one must be over, although its engine cannot end it.
  expect(first !== undefined && (await isGoneWithin(first, 5_000))).toBe(true);
  const early = orders.order(boxImage, ['true']);
  const refused = await early.end();
  expect(refused).toMatchObject({
    kind: 'notStarted',
    reason: expect.stringMatching(
      /^CannotCreateContainerError: the container engine does not answer: /,
    ),
  });
  expect(startFaultOf('reason' in refused ? String(refused.reason) : '')).toBe('platform');
  await podman.start();
  expect(await orders.order(boxImage, ['true']).end()).toEqual({ kind: 'exited', exitCode: 0 });
  await noContainerIsLeft();
});

it('loses the runs of an engine that was started again at once, and leaves none of them', async () => {
  const orders = openStack();
  const runs = Array.from({ length: 3 }, () => orders.order(boxImage, longRun));
  await Promise.all(runs.map((run) => run.says('ready')));
  await podman.crash();
  await podman.start();
  for (const run of runs) expect(await run.end()).toMatchObject({ kind: 'hostLost' });
  await noContainerIsLeft();
});

it('ends the containers that an earlier stack of the folder left, and no others', async () => {
  const folder = join(dir, 'stack');
  mkdirSync(folder);
  const found = { ...engineSettings(podman.address), name: 'Podman' };
  const settings = await openEngine(folder, found, () => {});
  const stack = settings?.stack ?? '';
  const left = openStack(stack).order(boxImage, longRun);
  const other = openStack('b'.repeat(32)).order(boxImage, longRun);
  const foreign = await podman.engine.createContainer({ Image: boxImage, Cmd: [...longRun] });
  await foreign.start();
  await Promise.all([left, other].map((run) => run.started()));
  const lines: string[] = [];
  // The next start finds them, also if it runs processes.
  await openEngine(folder, undefined, (line) => void lines.push(line));
  expect(lines).toEqual([`ended a leftover: container ${nameOf(stack, left.taskArn)}`]);
  await until('the leftover is gone', async () => (await names()).length === 2);
  expect((await foreign.inspect()).State.Running).toBe(true);
  expect(other.reports()).toMatchObject([{ kind: 'started' }]);
  await foreign.remove({ force: true });
});

it('says which engine may still have containers when it does not answer at the next start', async () => {
  const folder = join(dir, 'away');
  mkdirSync(folder);
  const address = `unix://${join(dir, 'no.sock')}`;
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  await openEngine(folder, { ...engineSettings(address), name: 'none' }, () => {});
  await openEngine(folder, undefined, log);
  expect(lines).toEqual([
    expect.stringMatching(
      /^containers of an earlier start may still run at unix:.*no\.sock, which does not answer: /,
    ),
  ]);
});

it('ends only its own containers when it stops', async () => {
  const one = openStack('c'.repeat(32));
  const two = openStack('d'.repeat(32));
  const runs = [one, two].map((orders) => orders.order(boxImage, longRun));
  await Promise.all(runs.map((run) => run.started()));
  await one.stop();
  expect(await names()).toHaveLength(1);
  expect(runs[1]?.reports()).toMatchObject([{ kind: 'started' }]);
});

it('loses the containers of an agent that was killed, after it has ended them', async () => {
  const make = agentRuntime({
    imagesDir: join(dir, 'images'),
    registry: 'registry.test/davit',
    logsDir: join(dir, 'logs'),
    childrenDir: join(dir, 'children'),
    scratchDir: join(dir, 'scratch'),
    path: '',
    engine: engineSettings(podman.address),
  });
  const orders = openOrders(make, logs);
  onTestFinished(() => orders.stop());
  const run = orders.order(boxImage, longRun);
  await run.says('ready');
  await run.started();
  for (const pid of childrenWith('agent.ts')) process.kill(pid, 'SIGKILL');
  expect(await run.end()).toMatchObject({ kind: 'hostLost' });
  expect(await names()).toEqual([]);
  expect(await orders.order(boxImage, ['true']).end()).toEqual({ kind: 'exited', exitCode: 0 });
});

it('refuses a start, with the sentence of the engine, when the engine answers 500', async () => {
  const socket = join(dir, 'broken.sock');
  const server = createServer((_, response) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end('{"message":"database is locked"}');
  }).listen(socket);
  onTestFinished(() => void server.close());
  const orders = openOrders(containersAt(`unix://${socket}`, logs), logs);
  const end = await orders.order(boxImage, ['true']).end();
  expect(end).toMatchObject({
    kind: 'notStarted',
    reason: expect.stringMatching(
      /^CannotCreateContainerError: API error \(500\): .*database is locked/,
    ),
  });
  expect(orders.reports).toHaveLength(1);
  await orders.stop();
});

const nameOf = (stack: string, taskArn: string): string =>
  `davit-${stack.slice(0, 8)}-${taskArn.split('/').at(-1)}`;
