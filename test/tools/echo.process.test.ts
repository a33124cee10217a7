import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { resultText, startProgram } from '../kit/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-echo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const start = (input: string, run = 1) =>
  startProgram([join(import.meta.dirname, '../../tools/echo/main.mjs'), '--release', '1.0.0'], {
    DAVIT_INPUT: input,
    DAVIT_TASK_ID: 'task-1',
    DAVIT_RUN: String(run),
  });

test('gives its input back as it was written, numbers over 2^53 included', async () => {
  const ending = await start('{"n":12345678901234567890}').ended;
  expect(ending.code).toBe(0);
  expect(resultText(ending)).toBe('{"n":12345678901234567890}');
});

test('says which release and which run it is', async () => {
  expect((await start('{}', 2).ended).stdout).toContain('echo 1.0.0: task task-1, run 2\n');
});

test.each([
  [1, 75],
  [2, 66],
  [3, 0],
  [9, 0],
])('in run %i ends with exit code %i of its list', async (run, code) => {
  expect((await start('{"exitCodes":[75,66,0]}', run).ended).code).toBe(code);
});

test('ends with one exit code in every run', async () => {
  expect((await start('{"exitCode":64}', 3).ended).code).toBe(64);
});

test('appends task, run and process to the named file before anything else', async () => {
  const path = join(folder, 'runs');
  const input = JSON.stringify({ appendTo: path, crash: 'throw' });
  const first = start(input);
  const ended = await first.ended;
  const second = start(JSON.stringify({ appendTo: path }), 2);
  await second.ended;
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('crashed at the start');
  expect(readFileSync(path, 'utf8')).toBe(
    `task-1 1 ${first.child.pid}\ntask-1 2 ${second.child.pid}\n`,
  );
});

test('dies of SIGKILL at the start', async () => {
  expect((await start('{"crash":"kill"}').ended).signal).toBe('SIGKILL');
});

test('ends at once with 143 on SIGTERM', async () => {
  const running = start('{"sleepMs":600000}');
  await running.printed('run 1');
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(143);
});

test('ends with the asked code on SIGTERM', async () => {
  const running = start('{"sleepMs":600000,"sigtermExitCode":0}');
  await running.printed('run 1');
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(0);
});

test('lives on after an ignored SIGTERM, until SIGKILL', async () => {
  const running = start('{"sleepMs":600000,"ignoreSigterm":true}');
  await running.printed('run 1');
  running.child.kill('SIGTERM');
  await running.printed('SIGTERM ignored');
  running.child.kill('SIGKILL');
  expect((await running.ended).signal).toBe('SIGKILL');
});

test('prints as many bytes as asked before the result', async () => {
  const ending = await start('{"printBytes":100001}').ended;
  const head = ending.stdout.indexOf('\n') + 1;
  expect(ending.stdout.indexOf('DAVIT_RESULT') - head).toBe(100_001);
});

test('keeps its result line within 2 KB', async () => {
  const ending = await start(JSON.stringify({ long: 'x'.repeat(3000) })).ended;
  expect(resultText(ending)).toBe('{"inputBytes":3011}');
});

test.each(['', '[]', 'null', '{"a":'])('refuses the input %j with exit 65', async (input) => {
  const ending = await start(input).ended;
  expect(ending.code).toBe(65);
  expect(ending.stderr).toMatch(/^echo: DAVIT_INPUT must be a JSON object, but it is .+\n$/);
});
