import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

let dir: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-start-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Started = { readonly child: ChildProcess; readonly said: () => string };

/** `npm start` without npm, in the test's folder. */
const start = (environment: Readonly<Record<string, string>> = {}): Started => {
  let text = '';
  const child = spawn(process.execPath, [join(root, 'local/main.ts')], {
    env: { ...process.env, DAVIT_DIR: dir, DAVIT_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const listen = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  started.push(child);
  return { child, said: () => text };
};

const ready = (one: Started): Promise<unknown> =>
  until(
    'the word "ready"',
    () => {
      if (one.child.exitCode !== null) throw new Error(`it ended: ${one.said()}`);
      return /^ready$/m.test(one.said()) || undefined;
    },
    150_000,
  );

const exitOf = async ({ child }: Started): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
};

/** Every process that has the test's folder in its command or environment, or belongs to one that has. */
const processesOf = (folder: string): readonly string[] =>
  execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes('vitest') && !line.includes('axeww'));

it('says where it is reached and how it is used, and leaves no process behind after Ctrl-C', async () => {
  const stack = start();
  await ready(stack);
  const addresses = JSON.parse(readFileSync(join(dir, 'local.json'), 'utf8'));
  expect(addresses).toMatchObject({
    aws: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    amqp: expect.stringMatching(/^amqp:\/\/publisher:[^@]+@127\.0\.0\.1:\d+$/),
    region: 'eu-central-1',
    stage: 'local',
    table: 'davit-local-tasks',
    cluster: 'davit-local',
  });
  expect(stack.said()).toContain(addresses.aws);
  expect(stack.said()).toMatch(/12 times as fast/);
  expect(processesOf(dir).length).toBeGreaterThan(1);

  const second = start();
  expect(await exitOf(second)).toBe(1);
  expect(second.said()).toMatch(/^Davit is running already in .*\(pid \d+\).*DAVIT_DIR\.$/m);

  stack.child.kill('SIGINT');
  expect(await exitOf(stack)).toBe(0);
  expect(stack.said()).toMatch(/^stopped$/m);
  expect(processesOf(dir)).toEqual([]);
  expect(existsSync(join(dir, 'local.json'))).toBe(false);
});

it('ends what it had started when Ctrl-C comes while it starts', async () => {
  const stack = start();
  await until('the start of RabbitMQ', () => /starting RabbitMQ/.test(stack.said()) || undefined);
  stack.child.kill('SIGINT');
  expect(await exitOf(stack)).not.toBe(0);
  expect(processesOf(dir)).toEqual([]);
  await ready(start());
});

it('names a port that is taken, and the way out, in one sentence', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const stack = start({ DAVIT_PORT: String(port) });
  expect(await exitOf(stack)).toBe(1);
  expect(stack.said().trim()).toBe(
    `Port ${port} is taken: stop the program that listens there, or choose another with DAVIT_PORT=${port + 1}.`,
  );
  other.close();
});

it('refuses a port that is no number', async () => {
  const stack = start({ DAVIT_PORT: 'http' });
  expect(await exitOf(stack)).toBe(1);
  expect(stack.said()).toContain('DAVIT_PORT must be a port number');
});
