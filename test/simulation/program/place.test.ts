import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playedBelow, readPlace, savePlace } from './place.ts';

describe('the place of a search', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'davit-place-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is at seed 1 at first, and then where it was kept', async () => {
    const path = join(dir, 'simulation', 'place.json');
    expect((await readPlace(path)).next).toBe(1);
    const place = { next: 77, violations: 1, tally: [['happening pin', 3] as const] };
    await savePlace(path, place);
    expect(await readPlace(path)).toEqual(place);
    expect(await readFile(path, 'utf8')).toBe(JSON.stringify(place));
  });

  it('is not read from a file with something else in it', async () => {
    const path = join(dir, 'place.json');
    for (const text of ['{', '{}', '{"next":"7","violations":0,"tally":[]}']) {
      await writeFile(path, text);
      await expect(readPlace(path)).rejects.toThrow(`in ${path}, but something else is there`);
    }
  });

  it('is below the first seed that was not played, whatever the order', () => {
    const { next, add } = playedBelow(5);
    for (const seed of [7, 6]) add(seed);
    expect(next()).toBe(5);
    add(5);
    expect(next()).toBe(8);
  });
});
