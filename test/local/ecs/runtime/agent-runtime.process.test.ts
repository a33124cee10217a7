import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { agentRuntime } from '../../../../local/ecs/runtime/agent-runtime.ts';
import type { RuntimeReport } from '../../../../models/ecs/runtime.ts';
import { until } from '../../../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-agent-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const agent = new URL('../../../../local/ecs/runtime/agent.ts', import.meta.url).href;
const likeOurs = `await import(${JSON.stringify(agent)});`;

/** A runtime over an agent of this code, whose pauses are over when the test says so. */
const open = (code: string) => {
  const program = join(dir, 'agent.mjs');
  writeFileSync(program, code);
  const pauses: { readonly ms: number; readonly over: () => void }[] = [];
  const pause = (over: () => void, ms: number) => {
    pauses.push({ ms, over });
    return setTimeout(() => {}, 0);
  };
  const reports: RuntimeReport[] = [];
  const settings = {
    imagesDir: join(dir, 'images'),
    registry: 'r/x',
    logsDir: join(dir, 'logs'),
    childrenDir: join(dir, 'children'),
    scratchDir: join(dir, 'scratch'),
    path: process.env.PATH ?? '',
  };
  const runtime = agentRuntime(settings, { program, pause })((report) => reports.push(report));
  const start = (taskArn: string) =>
    runtime.carryOut({
      kind: 'start',
      taskArn,
      container: 'tool',
      image: 'any',
      environment: {},
      cpu: 256,
      memoryMiB: 512,
      logOptions: {},
    });
  return { runtime, reports, pauses, start };
};

it('starts an agent that could not start again after a pause, and loses no order meanwhile', async () => {
  const { runtime, reports, pauses, start } = open('process.exit(1);');
  start('t1');
  await until('its loss', () => reports.length === 1 || undefined);
  start('t2');
  expect(pauses.map(({ ms }) => ms)).toEqual([1_000]);
  pauses[0]?.over();
  await until('the other loss', () => reports.length === 2 || undefined);
  expect(reports.map(({ kind, taskArn }) => [kind, taskArn])).toEqual([
    ['hostLost', 't1'],
    ['hostLost', 't2'],
  ]);
  expect(pauses.map(({ ms }) => ms)).toEqual([1_000, 1_000]);
  await runtime.stop();
});

it('replaces an agent that was ready at once, however soon it ended', async () => {
  const { runtime, reports, pauses, start } = open(
    `${likeOurs} process.on('message', ({ order }) => order?.taskArn === 't2' && process.exit(1));`,
  );
  start('t1');
  await until('its answer', () => reports.length === 1 || undefined);
  start('t2');
  await until('its end', () => pauses.length === 1 || undefined);
  expect(pauses[0]?.ms).toBe(0);
  await runtime.stop();
});

it('keeps an agent running when a signal reaches the whole group', async () => {
  const { runtime, reports, start } = open(
    `${likeOurs} for (const s of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(process.pid, s);`,
  );
  start('t1');
  await until('its answer', () => reports.length === 1 || undefined);
  expect(reports[0]?.kind).toBe('notStarted');
  await runtime.stop();
});
