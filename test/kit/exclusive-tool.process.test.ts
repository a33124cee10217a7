import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tallyOf } from './local-stack.ts';
import { startProgram } from './program.ts';
import { root } from './root.ts';
import { until } from './until.ts';

const program = join(root, 'test/kit/exclusive-tool.mjs');
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-exclusive-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const start = (taskId: string, run: number, sleepMs = 0) =>
  startProgram([program], {
    DAVIT_TASK_ID: taskId,
    DAVIT_RUN: String(run),
    DAVIT_INPUT: JSON.stringify({ appendTo: join(dir, 'tally'), sleepMs, exitCodes: [75, 0] }),
  });

const overlaps = (): string => {
  const file = join(dir, 'tally.overlaps');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test('a run that begins while an earlier run of its task lives says so', async () => {
  const first = start('one', 1, 60_000);
  await until('the first run', () => tallyOf(join(dir, 'tally')).length === 1);
  const second = await start('one', 2).ended;
  expect(second.code).toBe(0);
  expect(overlaps()).toBe('one: run 2 began while run 1 lived\n');
  first.child.kill('SIGKILL');
  await first.ended;
});

test('a run after the end of the earlier one, or beside another task, is none', async () => {
  const other = start('other', 1, 60_000);
  await until('the other task', () => tallyOf(join(dir, 'tally')).length === 1);
  expect((await start('one', 1).ended).code).toBe(75);
  expect((await start('one', 2).ended).code).toBe(0);
  expect(overlaps()).toBe('');
  expect(tallyOf(join(dir, 'tally'))).toHaveLength(3);
  other.child.kill('SIGKILL');
  await other.ended;
});
