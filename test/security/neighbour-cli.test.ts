// The attacker has another account on the machine, and leaves a `.davit/local.json` where the developer will call `davit`: in /tmp,
// or in a folder that both may write to. The goal: to receive the submitted tasks, with their presigned URLs, also those for a stage on AWS.
// What remains possible: `davit` stops there with a sentence that names the file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../kit/root.ts';

const isRoot = process.getuid?.() === 0;
const otherUser = 65_534;
const presigned = 'https://bucket.example/film.mp4?X-Amz-Signature=5ec7e7';
const received: string[] = [];
const listener = createServer(async (request, response) => {
  received.push(await text(request));
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
});
const tmp = mkdtempSync(join(tmpdir(), 'davit-neighbour-cli-'));

beforeAll(async () => {
  await once(listener.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => {
  listener.close();
  rmSync(tmp, { recursive: true, force: true });
});

interface Trap {
  readonly stage: string;
  readonly host?: string;
  /** Of the folder and of the file. */
  readonly modes?: readonly [number, number];
  readonly owner?: number;
}

/** A folder as the attacker prepares it. */
const trapped = ({ stage, host = '127.0.0.1', modes = [0o755, 0o644], owner }: Trap): string => {
  const here = mkdtempSync(join(tmp, 'here-'));
  const folder = join(here, '.davit');
  const file = join(folder, 'local.json');
  mkdirSync(folder);
  const { port } = listener.address() as AddressInfo;
  const keys = { accessKeyId: 'AKIAATTACKER', secretAccessKey: 'x' };
  const place = { aws: `http://${host}:${port}`, region: 'eu-central-1', stage };
  writeFileSync(file, JSON.stringify({ ...place, table: `davit-${stage}-tasks`, ...keys }));
  chmodSync(folder, modes[0]);
  chmodSync(file, modes[1]);
  if (owner !== undefined) for (const one of [file, folder]) chownSync(one, owner, owner);
  return here;
};

/** `davit submit` as the developer calls it there. The credentials are not valid, and AWS answers no request here. */
const submits = async (cwd: string, ...options: readonly string[]) => {
  received.length = 0;
  const args = [
    join(root, 'cli/main.ts'),
    'submit',
    'echo',
    '--input',
    JSON.stringify({ presigned }),
  ];
  const child = spawn(process.execPath, [...args, ...options], {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_REGION: 'eu-central-1',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      // So that a running stack of this repository is not found.
      DAVIT_DIR: '.davit',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { stderr, received: [...received] };
};

it('a file in the current folder does not receive a task for a stage on AWS', async () => {
  const { received } = await submits(trapped({ stage: 'prod' }), '--stage', 'prod');
  expect(received).toEqual([]);
});

it.each<readonly [string, Trap]>([
  ['of another stage', { stage: 'prod' }],
  ['that leads to another name', { stage: 'local', host: 'localhost.' }],
  ['that a group may write', { stage: 'local', modes: [0o755, 0o664] }],
  ['in a folder that everyone may write to', { stage: 'local', modes: [0o777, 0o644] }],
  ...(isRoot ? [['of another user', { stage: 'local', owner: otherUser }] as const] : []),
])('a file %s receives nothing, and is named', async (_, trap) => {
  const here = trapped(trap);
  const unnamed = await submits(here);
  expect(unnamed.received).toEqual([]);
  expect(unnamed.stderr).toContain(`${join('.davit', 'local.json')} is not trusted`);
  const named = await submits(here, '--stage', 'local');
  expect(named.received).toEqual([]);
  expect(named.stderr).toContain(`${join('.davit', 'local.json')} is not trusted`);
});
