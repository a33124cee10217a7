// The attacker has another account on the machine, and its shell. The goals: the bodies of messages with their presigned URLs,
// the broker's passwords and cookie, and to make Davit write where it must not. What remains possible: to see that a stack runs, since
// when, and the command lines of its processes.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../local/machine/folder-lock.ts';
import { isOurs } from '../../local/setup/private-folder.mjs';
import type { Stack } from '../../local/stack.ts';
import { startStack } from '../../local/stack.ts';
import { imagesDir, rowsOf } from '../kit/local-stack.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { root } from '../kit/root.ts';

const isRoot = process.getuid?.() === 0;
const otherUser = 65_534;
// Everyone may go through it, as through a home folder.
const home = mkdtempSync(join(tmpdir(), 'davit-neighbour-'));
chmodSync(home, 0o755);

afterAll(() => rmSync(home, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** What the neighbour's shell prints. */
const asNeighbour = (...[program, ...words]: readonly [string, ...string[]]): string =>
  spawnSync(program, words, { uid: otherUser, gid: otherUser, cwd: '/', encoding: 'utf8' }).stdout;

const start = (dir: string): Promise<Stack> => startStack({ dir, imagesDir, log: () => {} });

describe('a stack in a folder that an older release left open', () => {
  const dir = join(home, '.davit');
  // Only of this run: the test also reads the command lines of other processes on the machine.
  const signature = randomBytes(12).toString('hex');
  const presigned = `https://bucket.example/film.mp4?X-Amz-Signature=${signature}`;
  let stack: Stack;
  let umask: number;

  beforeAll(async () => {
    umask = process.umask(0);
    for (const name of ['', 'rabbitmq', 'logs', 'children'])
      mkdirSync(join(dir, name), { mode: 0o755 });
    writeFileSync(join(dir, 'dynamodb.jsonl'), '', { mode: 0o644 });
    stack = await start(dir);
    await publish(stack.addresses.amqp, [echoOf('t-1', { presigned, printBytes: 100 })]);
    await rowsOf(stack.addresses).when('t-1', ({ phase }) => phase === 'SUCCEEDED');
  });

  afterAll(async () => {
    process.umask(umask);
    await stack?.stop();
  });

  it('closes the folder', () => {
    expect(modeOf(dir)).toBe(0o700);
  });

  it('lets a neighbour read and list nothing', (context) => {
    if (!isRoot) context.skip('only root can become another user');
    expect(asNeighbour('find', dir, '-mindepth', '1')).toBe('');
    expect(asNeighbour('grep', '-rl', signature, dir)).toBe('');
    for (const name of ['local.json', 'secrets.json', 'dynamodb.jsonl', 'rabbitmq/.erlang.cookie'])
      expect(asNeighbour('cat', join(dir, name))).toBe('');
  });

  it('keeps every file for its user alone, old ones too, whatever the umask was', () => {
    const open = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (modeOf(path) & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  it('writes nothing that would make the next start refuse the folder', () => {
    expect(readdirSync(dir).filter((name) => !isOurs(name))).toEqual([]);
  });

  it('shows no password, cookie or body in the command line of a process', () => {
    const secrets = [
      ...Object.values<string>(JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8'))),
      JSON.parse(readFileSync(join(dir, 'rabbitmq', 'admin.json'), 'utf8')).password,
      readFileSync(join(dir, 'rabbitmq', '.erlang.cookie'), 'utf8'),
      signature,
    ];
    const lines = spawnSync('ps', ['-axww', '-o', 'args='], { encoding: 'utf8' }).stdout;
    expect(secrets.length).toBe(5);
    expect(secrets.filter((secret) => lines.includes(secret))).toEqual([]);
  });
});

/** The answer of a stack that is started in a folder: first of all, it claims the folder. */
const refusal = (dir: string): string => {
  try {
    lockFolder(dir)();
    return 'it was taken';
  } catch (cause) {
    return String(cause);
  }
};

it('refuses a folder that a neighbour has made beforehand, and one behind its link', (context) => {
  if (!isRoot) context.skip('only root can make files of another user');
  const theirs = join(home, 'theirs');
  mkdirSync(theirs, { mode: 0o777 });
  chownSync(theirs, otherUser, otherUser);
  expect(refusal(theirs)).toMatch(/must belong to user 0.*belongs to user 65534/);
  expect(readdirSync(theirs)).toEqual([]);
  const ours = join(home, 'ours');
  mkdirSync(ours, { mode: 0o700 });
  const link = join(home, 'link');
  symlinkSync(ours, link);
  lchownSync(link, otherUser, otherUser);
  expect(refusal(link)).toMatch(/must belong to user 0.*belongs to user 65534/);
  expect(readdirSync(ours)).toEqual([]);
});

it('refuses an open folder in which a neighbour has left a link for it to write through', (context) => {
  if (!isRoot) context.skip('only root can make files of another user');
  const open = join(home, 'open');
  mkdirSync(join(open, 'logs'), { recursive: true });
  chmodSync(open, 0o777);
  const link = join(open, 'logs', 'x.log');
  symlinkSync(join(home, 'victim'), link);
  lchownSync(link, otherUser, otherUser);
  expect(refusal(open)).toMatch(/x\.log must belong to user 0.*belongs to user 65534/);
  expect(modeOf(open)).toBe(0o777);
});

it('refuses an open folder that holds other things, and leaves it as it is', () => {
  const documents = join(home, 'documents');
  mkdirSync(documents, { mode: 0o755 });
  writeFileSync(join(documents, 'letter.txt'), '');
  expect(refusal(documents)).toMatch(/letter\.txt.*DAVIT_DIR.*chmod 700/);
  expect(readdirSync(documents)).toEqual(['letter.txt']);
  expect(modeOf(documents)).toBe(0o755);
});

it('closes the folder that set-up makes', () => {
  const clone = mkdtempSync(join(home, 'clone-'));
  const code = `process.umask(0); const { alone } = await import(${JSON.stringify(`${root}local/setup/alone.mjs`)});
    await alone(${JSON.stringify(join(clone, '.davit', 'setup.lock'))}, async () => {});`;
  spawnSync(process.execPath, ['--input-type=module', '-e', code]);
  expect(modeOf(join(clone, '.davit'))).toBe(0o700);
});

it('refuses a folder of another user at set-up, and proposes no way out that does not work', (context) => {
  if (!isRoot) context.skip('only root can make files of another user');
  const folder = join(mkdtempSync(join(home, 'clone-')), '.davit');
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, otherUser, otherUser);
  const code = `const { alone } = await import(${JSON.stringify(`${root}local/setup/alone.mjs`)});
    await alone(${JSON.stringify(join(folder, 'setup.lock'))}, async () => {});`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/belongs to user 65534: start Davit as user 65534 .*sudo chown/);
  // Set-up works in the clone, also when DAVIT_DIR names another folder.
  expect(stderr).not.toContain('DAVIT_DIR');
  expect(readdirSync(folder)).toEqual([]);
});
