import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../kit/root.ts';
import { bundleOf, loadBundle, writeBundle } from './bundle.ts';
import { openFunctions } from './functions.ts';
import { planOf } from './plan-of.ts';
import { runPlan } from './run-seed.ts';
import type { Release } from './world.ts';

const sources: Release = { name: 'sources', openFunctions };
const storyOf = async (current: Release, seed: number): Promise<readonly string[]> => {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line.replaceAll(current.name, 'release'));
  await runPlan(planOf(seed), { current, previous: current, note });
  return lines;
};

describe('the bundle of a release', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'davit-bundle-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('does what the sources do', async () => {
    const bundled = await bundleOf({ name: 'bundled', sources: new Map() });
    expect(await storyOf(bundled, 10)).toEqual(await storyOf(sources, 10));
  });

  it('has the text that is given for a file, and a file that was not there', async () => {
    const path = await writeBundle({
      name: 'patched',
      sources: new Map([
        ['test/simulation/functions.ts', "export * from './added.ts';"],
        ['test/simulation/added.ts', 'export const openFunctions = () => 7;'],
      ]),
    });
    expect((await loadBundle(path)).openFunctions).toHaveLength(0);
  });

  it('takes shared from another tree, wired by today where that has no wiring', async () => {
    await cp(join(root, 'shared'), join(dir, 'shared'), { recursive: true });
    const file = 'shared/core/step.ts';
    const text = await readFile(join(dir, file), 'utf8');
    await writeFile(join(dir, file), `${text}\nconsole.info('of another tree');\n`);
    const path = await writeBundle({ name: 'other', sources: new Map(), root: dir });
    expect(await readFile(path, 'utf8')).toContain('of another tree');
    expect(await readFile(path, 'utf8')).toContain('dispatchAll');
  });

  it('takes the wiring of another tree where it has one', async () => {
    const file = join(dir, 'test/simulation/functions.ts');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'export const openFunctions = () => "of another tree";');
    const path = await writeBundle({ name: 'other', sources: new Map(), root: dir });
    expect(await readFile(path, 'utf8')).toContain('of another tree');
  });

  it('says what is wrong with sources that do not fit together', async () => {
    const wrong = new Map([['shared/core/step.ts', 'export const stepped = 1;']]);
    await expect(bundleOf({ name: 'wrong', sources: wrong })).rejects.toThrow('"step"');
  });

  it('refuses a bundle without functions', async () => {
    const path = await writeBundle({
      name: 'empty',
      sources: new Map([['test/simulation/functions.ts', 'export const nothing = 1;']]),
    });
    await expect(loadBundle(path)).rejects.toThrow('bundle it again');
  });
});
