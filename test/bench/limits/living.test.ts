import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { livingIn, livingScript } from '../../../bench/limits/living.ts';

const dir = mkdtempSync(join(tmpdir(), 'davit-living-'));
const file = join(dir, 'living');

afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('finds the most runs at once in the order of the lines', () => {
  writeFileSync(file, '+\n+\n-\n+\n+\n-\n-\n+\n-\n-\n');
  expect(livingIn(file)).toEqual({ started: 5, ended: 5, mostAtOnce: 3 });
});

it('counts a run without an end as one that lives', () => {
  writeFileSync(file, '+\n+\n-\n+\n');
  expect(livingIn(file)).toEqual({ started: 3, ended: 1, mostAtOnce: 2 });
});

it('finds nothing before the first run has started', () => {
  expect(livingIn(join(dir, 'none'))).toEqual({ started: 0, ended: 0, mostAtOnce: 0 });
});

it('has the tool write to that file before and after its work', () => {
  expect(livingScript('/a file', 2_500)).toBe(
    "echo + >> '/a file'; sleep 2.5; echo - >> '/a file'",
  );
});
