import { execFileSync, spawn } from 'node:child_process';
import { expect, it } from 'vitest';

let tries = 0;

it('passes', () => {
  expect(tries).toBe(0);
});

it('passes at the second try', () => {
  tries += 1;
  expect(tries).toBe(2);
});

it('fails', () => {
  throw new Error(`expected ${'a long row '.repeat(100)}`);
});

it('differs', () => {
  tries += 1;
  expect({ kind: 'ended', run: tries, other: 1 }).toMatchObject({ kind: 'ended', run: 0 });
});

it('spawns a process', () => {
  spawn('true');
});

it('waits for a process', () => {
  execFileSync('true');
});
