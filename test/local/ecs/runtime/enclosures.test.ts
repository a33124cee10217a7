import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  enclosuresFile,
  endEnclosed,
  openEnclosures,
  whatEscapes,
} from '../../../../local/ecs/runtime/enclosures.ts';
import { readJson, writeWhole } from '../../../../local/machine/files.ts';

it('warns of nothing if every run has a cgroup', () => {
  expect(whatEscapes('/sys/fs/cgroup/a', 'linux')).toBeUndefined();
});

it.each([
  ['linux', /emptied environment, or what hides it .*, may outlive its task/],
  ['darwin', /in a session of its own outlives its task/],
])('says on %s what may outlive its task, and what to do', (platform, what) => {
  expect(whatEscapes(undefined, platform)).toMatch(what);
  expect(whatEscapes(undefined, platform)).toMatch(/containers, on ECS$/);
});

/** A folder of children whose record names a group that does not end: here a folder that is never empty. */
const withStuckGroup = () => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-enclosures-'));
  const group = join(dir, 'davit-0123456789abcdef');
  mkdirSync(join(group, 'below'), { recursive: true });
  writeWhole(join(group, 'below', 'stuck'), '');
  const record = join(dir, enclosuresFile);
  writeWhole(record, JSON.stringify({ mark: 'm', group }));
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 2_000));
  onTestFinished(() => {
    vi.restoreAllMocks();
    rmSync(dir, { recursive: true, force: true });
  });
  return { dir, group, record };
};

it('finds a group that has not ended at every later start, until it has ended', () => {
  const { dir, group, record } = withStuckGroup();
  endEnclosed(dir);
  expect(existsSync(record)).toBe(true);
  openEnclosures(dir, undefined).close();
  openEnclosures(dir, undefined);
  endEnclosed(dir);
  expect(existsSync(record)).toBe(true);
  rmSync(group, { recursive: true });
  endEnclosed(dir);
  expect(existsSync(record)).toBe(false);
});

it('keeps the record if an agent cannot end its own group, and creates no folder for it', () => {
  const { dir, group, record } = withStuckGroup();
  rmSync(group, { recursive: true });
  const enclosures = openEnclosures(dir, dir);
  const { group: own } = Object(readJson(record));
  writeWhole(join(own, 'stuck'), '');
  enclosures.close();
  expect(readJson(record)).toEqual({ left: [own] });
  rmSync(dir, { recursive: true });
  enclosures.close();
  expect(existsSync(dir)).toBe(false);
});
