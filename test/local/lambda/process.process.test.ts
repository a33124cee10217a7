import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { openCredentials } from '../../../local/endpoint/credentials.ts';
import { startFunctionProcess } from '../../../local/lambda/process.ts';
import { openLogStore } from '../../../local/logs/log-store.ts';
import { openChildren } from '../../../local/machine/children.ts';

/** By the real clock, also where a test stops it. */
const pause = promisify(setTimeout);

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-function-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const start = (code: string, loadMs: number) => {
  writeFileSync(join(dir, 'f.mjs'), code);
  const spec = {
    name: 'f',
    arn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
    handler: 'f.handler',
    codeDir: dir,
    environment: {},
    memoryMiB: 128,
    timeoutMs: 30_000,
    logGroup: '/aws/lambda/f',
    reservedConcurrency: undefined,
  };
  return startFunctionProcess(spec, {
    endpointUrl: () => 'http://127.0.0.1:9',
    credentials: openCredentials(),
    region: 'eu-central-1',
    logs: openLogStore(join(dir, 'logs')),
    children: openChildren(join(dir, 'children')),
    path: process.env.PATH ?? '',
    loadMs,
  });
};

it('ends a function whose bundle never loads, and fails the invocation that waits for it', async () => {
  const hangs =
    'setInterval(() => {}, 1000); await new Promise(() => {}); export const handler = 1;';
  const one = start(hangs, 200);
  const answer = await one.invoke('{}');
  expect(answer.ok).toBe(false);
  expect(answer.payload).toContain('was not loaded within 0.2 seconds');
  await one.ended;
  expect(one.isGone()).toBe(true);
});

it('gives a loaded bundle the whole timeout of its function', async () => {
  // Only the clock of the stack stands: a busy machine may take as long as it likes to load the host.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const waits = `
    import { existsSync, writeFileSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    export const handler = async () => {
      writeFileSync('called', '');
      while (!existsSync('go')) await setTimeout(5);
      return 'done';
    };`;
  const one = start(waits, 3_000);
  const answer = one.invoke('{}');
  while (!existsSync(join(dir, 'called'))) await pause(20);
  vi.advanceTimersByTime(29_000);
  writeFileSync(join(dir, 'go'), '');
  expect(await answer).toEqual({ ok: true, payload: '"done"' });
  one.kill();
  await one.ended;
});
