import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endLeftovers, openChildren } from '../../../local/machine/children.ts';
import { processIdentityOf } from '../../../local/setup/process-identity.mjs';
import { until } from '../../kit/until.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-children-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const sleeper = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });

it('ends a process that was left behind, and names it', async () => {
  const child = sleeper();
  openChildren(dir).remember(child.pid, 'container of t-1');
  expect(endLeftovers(dir)).toEqual([`container of t-1 (pid ${child.pid})`]);
  await until('its end', () => processIdentityOf(child.pid ?? 0) === undefined || undefined);
  expect(endLeftovers(dir)).toEqual([]);
});

it('leaves alone a stranger that has the pid of a process long gone', async () => {
  const child = sleeper();
  const saved = { pid: child.pid, started: 'another boot/1', what: 'container' };
  writeFileSync(join(dir, `${child.pid}.json`), JSON.stringify(saved));
  expect(endLeftovers(dir)).toEqual([]);
  child.kill('SIGTERM');
  // A SIGKILL would have come first.
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});
