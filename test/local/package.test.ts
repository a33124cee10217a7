import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageOf } from '../../local/package.ts';
import { livingIn } from '../kit/living.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

it('calls a packaging off with the reason it is given, and leaves no program and no draft', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'davit-package-'));
  const abort = new AbortController();
  const made = packageOf(root, cache, { log: () => {}, signal: abort.signal });
  made.catch(() => {});
  await until('the program', () => livingIn(cache).length > 0 || undefined);
  abort.abort(new Error('stopped by a test'));
  await expect(made).rejects.toThrow('stopped by a test');
  expect(livingIn(cache)).toEqual([]);
  expect(readdirSync(cache)).toEqual([]);
  rmSync(cache, { recursive: true });
});
