import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { rowsOf } from '../kit/local-stack.ts';
import { containersIn, livingIn, nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
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

interface Started {
  readonly child: ChildProcess;
  readonly printed: () => string;
}

/** `npm start` without npm, in the test's folder. */
const start = (environment: Readonly<Record<string, string>> = {}): Started =>
  run([process.execPath, join(root, 'local/main.ts')], environment);

const run = (
  [program = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Started => {
  let text = '';
  const child = spawn(program, words, {
    cwd: root,
    env: { ...process.env, DAVIT_DIR: dir, DAVIT_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as the shell gives one to a job: Ctrl-C goes to all of it.
    detached: true,
  });
  const listen = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  started.push(child);
  return { child, printed: () => text };
};

const ctrlC = ({ child }: Started): void => {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
};

const waitFor = (one: Started, text: RegExp): Promise<unknown> =>
  until(
    String(text),
    () => {
      if (one.child.exitCode !== null) throw new Error(`it ended: ${one.printed()}`);
      return text.test(one.printed()) || undefined;
    },
    150_000,
  );

const ready = (one: Started): Promise<unknown> => waitFor(one, /^ready$/m);

const exitOf = async ({ child }: Started): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
};

const addressesIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'local.json'), 'utf8'));

let secretAccessKey: string;

it('prints its addresses and how to use it, and writes them to a file', async () => {
  const stack = start();
  await ready(stack);
  const addresses = addressesIn(dir);
  expect(addresses).toMatchObject({
    aws: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    amqp: expect.stringMatching(/^amqp:\/\/publisher:[^@]+@127\.0\.0\.1:\d+$/),
    region: 'eu-central-1',
    stage: 'local',
    table: 'davit-local-tasks',
    cluster: 'davit-local',
    accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    secretAccessKey: expect.stringMatching(/^[\w-]{40}$/),
  });
  secretAccessKey = addresses.secretAccessKey;
  expect(stack.printed()).toContain(`AWS_SECRET_ACCESS_KEY=${secretAccessKey}`);
  expect(stack.printed()).toContain(addresses.aws);
  expect(stack.printed()).toContain(addresses.amqp);
  expect(stack.printed()).toMatch(/12 times as fast/);
  expect(stack.printed()).toContain(`DAVIT_DIR='${dir}' npx davit submit`);

  const second = start();
  expect(await exitOf(second)).toBe(1);
  expect(second.printed()).toMatch(/^Davit is running already in .*\(pid \d+\).*DAVIT_DIR\.\n$/);
  await publish(addresses.amqp, [echoOf('kept', {})]);
  await rowsOf(addresses).when('kept', ({ phase }) => phase === 'SUCCEEDED');

  ctrlC(stack);
  expect(await exitOf(stack)).toBe(0);
  expect(stack.printed()).toMatch(/^stopped$/m);
  expect(livingIn(dir)).toEqual([]);
  expect(existsSync(join(dir, 'local.json'))).toBe(false);
});

it('starts again with its rows and without packaging, and Ctrl-C ends a container that ignores SIGTERM as well', async () => {
  const stack = start();
  await ready(stack);
  expect(stack.printed()).not.toMatch(/packag/);
  const addresses = addressesIn(dir);
  // Credentials that were copied into a terminal before are still valid.
  expect(addresses.secretAccessKey).toBe(secretAccessKey);
  const rows = rowsOf(addresses);
  expect(await rows.row('kept')).toMatchObject({ phase: 'SUCCEEDED' });
  await publish(addresses.amqp, [echoOf('stubborn', { sleepMs: 170_000, ignoreSigterm: true })]);
  await rows.when('stubborn', ({ phase }) => phase === 'RUNNING');
  expect(containersIn(dir)).toHaveLength(1);
  const names = livingIn(dir)
    .map(({ command }) => command)
    .join('\n');
  // Proves that this test looks in the right place.
  for (const part of ['beam.smp', 'epmd', 'lambda/host.ts', 'echo/main.mjs']) {
    expect(names).toContain(part);
  }
  ctrlC(stack);
  expect(await exitOf(stack)).toBe(0);
  expect(livingIn(dir)).toEqual([]);
});

it('names a port that is in use, and the way out, in one sentence', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const stack = start({ DAVIT_PORT: String(port) });
  expect(await exitOf(stack)).toBe(1);
  expect(stack.printed()).toBe(
    `Port ${port} is taken: stop the program that listens there, or choose another with DAVIT_PORT=${port + 1}.\n`,
  );
  other.close();
});

it('takes a relative DAVIT_DIR from where npm was called, as npx davit does', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const stack = start({ DAVIT_DIR: 'inner', INIT_CWD: dir, DAVIT_PORT: String(port) });
  expect(await exitOf(stack)).toBe(1);
  expect(existsSync(join(dir, 'inner'))).toBe(true);
  other.close();
});

it('refuses a port that is not a number, in one sentence', async () => {
  const stack = start({ DAVIT_PORT: 'http' });
  expect(await exitOf(stack)).toBe(1);
  expect(stack.printed()).toMatch(/^DAVIT_PORT must be a port number [^\n]*\n$/);
});

it('says in one sentence that RabbitMQ is missing, and leaves the folder free', async () => {
  // Of a stack that was killed.
  writeFileSync(join(dir, 'local.json'), '{}');
  const stack = start({ DAVIT_RABBITMQ_SERVER: '/nowhere/rabbitmq-server' });
  expect(await exitOf(stack)).toBe(1);
  expect(stack.printed()).toMatch(
    /^(starting RabbitMQ …\n)?DAVIT_RABBITMQ_SERVER must name the RabbitMQ server program, but \/nowhere\/rabbitmq-server is not a program: [^\n]*\n$/,
  );
  expect(livingIn(dir)).toEqual([]);
  expect(existsSync(join(dir, 'local.json'))).toBe(false);
  const free = start({ DAVIT_PORT: 'http' });
  expect(await exitOf(free)).toBe(1);
  expect(free.printed()).not.toContain('running already');
});

// With bash, the shell of npm becomes the program; npm then forwards to it the signal that the terminal has sent to all.
it.for([
  { signal: 'SIGINT', to: 'the whole group', sign: -1 },
  { signal: 'SIGTERM', to: 'npm alone', sign: 1 },
  { signal: 'SIGHUP', to: 'the whole group', sign: -1 },
] as const)('ends in order under npm when $signal goes to $to', async ({ signal, sign }) => {
  const stack = run(['npm', 'start', '--script-shell=/bin/bash']);
  await ready(stack);
  process.kill(sign * (stack.child.pid ?? 0), signal);
  await waitFor(stack, /^stopped$/m);
  await nothingLivesIn(dir);
  expect(stack.printed()).not.toContain('ended at once');
});
