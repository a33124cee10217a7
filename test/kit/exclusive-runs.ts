import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Row, tallyOf } from './local-stack.ts';
import { root } from './root.ts';

const program = join(root, 'test/kit/exclusive-tool.mjs');

/** Makes images of `echo` in a folder, one for each version. Their program notices other runs of its task that live. */
export const putExclusiveImages = (images: string, versions: readonly string[]): void => {
  for (const version of versions) {
    const home = join(images, 'echo', version);
    mkdirSync(home, { recursive: true });
    const digest = `sha256:${version.replaceAll('.', '').padStart(64, '0')}`;
    const image = JSON.stringify({ command: ['node', program], digest });
    for (const folder of [home, join(home, digest.replace(':', '-'))]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'image.json'), image);
    }
  }
};

/** Every row has succeeded, no run was started twice, no task had two runs at once, and the last run is the row's. */
export const expectExclusiveRuns = (tallyFile: string, rows: readonly Row[]): void => {
  expect(rows.filter(({ phase }) => phase !== 'SUCCEEDED')).toEqual([]);
  const overlaps = `${tallyFile}.overlaps`;
  expect(existsSync(overlaps) ? readFileSync(overlaps, 'utf8') : '').toBe('');
  const starts = tallyOf(tallyFile);
  const names = starts.map(({ taskId, run }) => `${taskId}/${run}`);
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
  const runs = Map.groupBy(starts, ({ taskId }) => taskId);
  const last = rows.map(({ taskId }) => [taskId, runs.get(String(taskId))?.at(-1)?.run]);
  expect(last).toEqual(rows.map(({ taskId, run }) => [taskId, run]));
  for (const [, some] of runs) {
    const numbers = some.map(({ run }) => run);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
};
