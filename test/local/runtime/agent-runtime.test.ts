import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { agentRuntime } from '../../../local/runtime/agent-runtime.ts';
import type { RuntimeReport } from '../../../models/ecs/types.ts';
import { until } from '../../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-agent-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A runtime over an agent that notes when it starts and does nothing but `rest`. */
const open = (rest: string) => {
  const program = join(dir, 'agent.mjs');
  const tally = join(dir, 'tally');
  writeFileSync(tally, '');
  const note = `appendFileSync(${JSON.stringify(tally)}, Date.now() + '\\n');`;
  writeFileSync(program, `import { appendFileSync } from 'node:fs'; ${note} ${rest}`);
  const reports: RuntimeReport[] = [];
  const settings = {
    imagesDir: join(dir, 'images'),
    registry: 'r/x',
    logsDir: join(dir, 'logs'),
    childrenDir: join(dir, 'children'),
    scratchDir: join(dir, 'scratch'),
    path: process.env.PATH ?? '',
  };
  const runtime = agentRuntime(settings, program)((report) => reports.push(report));
  const starts = () => readFileSync(tally, 'utf8').split('\n').filter(Boolean).map(Number);
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
  return { runtime, reports, starts, start };
};

it('tries an agent that cannot start again after a pause, and loses nothing that is ordered meanwhile', async () => {
  const { runtime, reports, starts, start } = open('process.exit(1);');
  start('t1');
  await until('its loss', () => reports.length === 1 || undefined);
  start('t2');
  await until('the other loss', () => reports.length === 2 || undefined);
  expect(reports.map(({ kind, taskArn }) => [kind, taskArn])).toEqual([
    ['hostLost', 't1'],
    ['hostLost', 't2'],
  ]);
  const [first = 0, second = 0, ...more] = starts();
  expect(second - first).toBeGreaterThan(900);
  expect(more).toEqual([]);
  await runtime.stop();
});

it('keeps an agent over the signals that reach the whole group', async () => {
  const agent = new URL('../../../local/runtime/agent.ts', import.meta.url).href;
  const { runtime, reports, start } = open(
    `await import(${JSON.stringify(agent)}); for (const s of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(process.pid, s);`,
  );
  start('t1');
  await until('its answer', () => reports.length === 1 || undefined);
  expect(reports[0]?.kind).toBe('notStarted');
  await runtime.stop();
});
