import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it, vi } from 'vitest';
import { packageOf } from '../../../local/template/package.ts';
import { livingIn } from '../../kit/process-identity.ts';
import { root } from '../../kit/root.ts';
import { until } from '../../kit/until.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'davit-package-'));

/** The part of a project that is packaged, with sources that no other test has. */
const projectWith = (text: string): string => {
  const project = newFolder();
  const parts = ['functions', 'shared', 'infra', 'serverless.yml', 'tools.yml'];
  for (const part of [...parts, 'package.json', 'package-lock.json']) {
    cpSync(join(root, part), join(project, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  appendFileSync(join(project, 'tools.yml'), text);
  return project;
};

it('lets two processes package at the same time, leaves nothing else, and finds the package again, however the folder is spelled', async () => {
  const [project, cache] = [projectWith('# for two at once\n'), newFolder()];
  const temporary = newFolder();
  vi.stubEnv('TMPDIR', temporary);
  const lines: string[] = [];
  const options = { log: (line: string) => void lines.push(line), signal: undefined };
  const both = await Promise.all([
    packageOf(project, cache, options),
    packageOf(project, cache, options),
  ]);
  expect(both[0]).toEqual(both[1]);
  const bundles = readdirSync(both[0].dir).filter((name) => name.endsWith('.zip'));
  expect(bundles).toContain('dispatch.zip');
  expect(readdirSync(cache)).toHaveLength(1);
  expect(readdirSync(temporary)).toEqual([]);
  vi.unstubAllEnvs();
  lines.splice(0);
  const detour = `${project}/shared/..`;
  const spellings = [project, `${project}/`, detour, relative('.', project)];
  for (const spelled of spellings) {
    expect(await packageOf(spelled, cache, options)).toEqual(both[0]);
    expect({ spelled, lines }).toEqual({ spelled, lines: [] });
  }
  for (const folder of [project, cache, temporary]) rmSync(folder, { recursive: true });
}, 120_000);

it('aborts a packaging with the reason of the signal, and leaves no process and no draft', async () => {
  const cache = newFolder();
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
