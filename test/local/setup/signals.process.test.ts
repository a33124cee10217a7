import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processIdentityOf } from '../../../local/setup/process-identity.mjs';
import { root as repository } from '../../kit/root.ts';
import { until } from '../../kit/until.ts';

// Like npm: neither it nor what it starts reacts to Ctrl-C. With a file `fail` in its folder it ends at once.
const npm = `#!/usr/bin/env node
const { appendFileSync, existsSync } = require('node:fs');
const { spawn } = require('node:child_process');
process.title = 'npm ci';
if (existsSync('fail')) process.exit(7);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
const child = spawn('sh', ['-c', 'trap "" INT TERM HUP; sleep 600'], { stdio: 'ignore' });
appendFileSync('at-work', process.pid + ' ' + child.pid);
setInterval(() => {}, 1000);
`;

let root: string;
let setUps: ChildProcess[];

/** A clone in which nothing is installed, with an npm that never ends. */
beforeEach(() => {
  setUps = [];
  root = mkdtempSync(join(tmpdir(), 'davit-setup-'));
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/npm'), npm);
  chmodSync(join(root, 'bin/npm'), 0o755);
  const packages = { 'node_modules/a': { integrity: `sha512-${'a'.repeat(86)}==` } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  cpSync(join(repository, 'local/setup'), join(root, 'local/setup'), { recursive: true });
  cpSync(join(repository, 'local/setup.mjs'), join(root, 'local/setup.mjs'));
});

afterEach(() => {
  for (const { pid } of setUps) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  rmSync(root, { recursive: true, force: true });
});

const startSetUp = () => {
  const child = spawn(process.execPath, [join(root, 'local/setup.mjs')], {
    env: { ...process.env, PATH: [join(root, 'bin'), process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The group of a terminal's foreground job.
    detached: true,
  });
  setUps.push(child);
  let printed = '';
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const ended = once(child, 'close').then(([code]) => ({ code, printed }));
  return { child, ended };
};

const atWork = (): Promise<readonly number[]> =>
  until(
    'npm at work',
    () => {
      const file = join(root, 'at-work');
      const pids = existsSync(file) ? readFileSync(file, 'utf8').split(' ').map(Number) : [];
      return pids.length === 2 ? pids : undefined;
    },
    20_000,
  );

const noneLives = (pids: readonly number[]): boolean =>
  pids.every((pid) => processIdentityOf(pid) === undefined);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a set-up that %s ends ends npm too, so that the next one has the folder for itself',
  async (name) => {
    const { child, ended } = startSetUp();
    const pids = await atWork();
    process.kill(-(child.pid ?? Number.NaN), name);
    expect(await ended).toMatchObject({
      code: 130,
      printed: expect.stringMatching(/npm ci was interrupted\n$/),
    });
    await until('the end of npm', () => noneLives(pids));
    expect(existsSync(join(root, '.davit/setup.lock'))).toBe(false);
  },
);

test('a set-up ends the npm of one that was killed, before it calls npm itself', async () => {
  const first = startSetUp();
  const pids = await atWork();
  first.child.kill('SIGKILL');
  await first.ended;
  expect(noneLives(pids)).toBe(false);
  writeFileSync(join(root, 'fail'), '');
  const second = await startSetUp().ended;
  expect(second.printed).toMatch(
    /ending npm \(process \d+\), which a killed set-up left at work here/,
  );
  expect(second.printed).toMatch(/`npm ci` ended with 7/);
  expect(second.code).toBe(1);
  await until('the end of the first npm', () => noneLives(pids));
});
