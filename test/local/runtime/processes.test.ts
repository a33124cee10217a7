import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openChildren } from '../../../local/children.ts';
import { isGoneWithin, livingOf } from '../../../local/living.ts';
import { openLogs } from '../../../local/logs.ts';
import { processRuntime } from '../../../local/runtime/processes.ts';
import type { RuntimeReport } from '../../../models/ecs/types.ts';
import { until } from '../../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-processes-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (script: string) => {
  const reports: RuntimeReport[] = [];
  const logs = openLogs(join(dir, 'logs'));
  const runtime = processRuntime({
    images: {
      list: () => [],
      find: () => ({ tag: '1', digest: '', command: ['sh', '-c', script] }),
    },
    logs,
    children: openChildren(join(dir, 'children')),
    scratchDir: join(dir, 'scratch'),
    path: process.env.PATH ?? '',
  })((report) => reports.push(report));
  runtime.carryOut({
    kind: 'start',
    taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/davit-local/t1',
    container: 'tool',
    image: 'any',
    environment: {},
    cpu: 256,
    memoryMiB: 512,
    logOptions: { 'awslogs-group': 'group', 'awslogs-stream-prefix': 'tool' },
  });
  const ended = () =>
    until('its end', () => reports.find((report) => report.kind === 'exited'), 10_000);
  const lines = () =>
    (logs.forward('group', 'tool/tool/t1', 0)?.events ?? []).map(({ message }) => message);
  return { runtime, ended, lines };
};

it('reports the end of a container that left a daemon holding its outputs, with all that it had printed', async () => {
  // Only once it has left the group is it a daemon.
  const daemonize = `setsid sh -c 'echo $$ > ready; exec sleep 60' &`;
  const one = open(`${daemonize} until [ -s ready ]; do sleep 0.01; done; cat ready; exit 3`);
  expect(await one.ended()).toMatchObject({ exitCode: 3 });
  const [daemon] = one.lines();
  expect(daemon).toMatch(/^\d+$/);
  expect(livingOf(Number(daemon))).toBeDefined();
  process.kill(Number(daemon), 'SIGKILL');
});

it('ends what a container left in its group', async () => {
  const one = open('sleep 60 & echo $!; exit 0');
  await one.ended();
  const left = livingOf(Number(one.lines()[0]));
  expect(left === undefined || (await isGoneWithin(left, 5_000))).toBe(true);
});
