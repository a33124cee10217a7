import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { root } from '../kit/root.ts';
import { applyPatch, faultNames, readFault } from './patch.ts';

const page = readFileSync(join(root, 'test/faults/README.md'), 'utf8');
const [listed = '', left = ''] = page.split(/\n## (?:Without a patch|Found by worlds)\n/);

/** The cells of a table's rows; the first cell is a name. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = '', rest = '']) => [
    name,
    ...rest.split(' | '),
  ]);

const list = rowsOf(listed);
const withoutPatch = rowsOf(left);
const names = faultNames();

describe('the list of planted faults', () => {
  test('says of each fault what it is, what it breaks and what is seen', () => {
    expect(list.length).toBeGreaterThan(80);
    for (const [name, ...cells] of list) {
      expect({ name, cells: cells.length }).toEqual({ name, cells: 3 });
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    }
  });

  test('has each name once', () => {
    const all = list.map(([name]) => name);
    expect(all).toEqual([...new Set(all)]);
  });

  test('has a patch for each fault, or a reason why there is none', () => {
    const reasons = withoutPatch.map(([name, reason]) => {
      expect({ name, reason }).toEqual({ name, reason: expect.stringMatching(/\w{3}.*\.$/) });
      return name;
    });
    const all = list.map(([name]) => name).sort();
    expect([...names, ...reasons].sort()).toEqual(all);
  });
});

describe('a patch', () => {
  test.each(names)('%s applies exactly to the sources of today', (name) => {
    for (const [file, text] of applyPatch(root, name)) {
      const source = readFileSync(join(root, file), 'utf8');
      expect(text === source, `${file} is as it was`).toBe(false);
      expect(() => stripTypeScriptTypes(text), `${file} is no TypeScript`).not.toThrow();
    }
  });

  test.each(names)('%s changes only shared/, and says what it plants', (name) => {
    const { words, diffs } = readFault(name);
    expect(diffs.size).toBeGreaterThan(0);
    for (const file of diffs.keys()) expect(file).toMatch(/^shared\/[\w/-]+\.ts$/);
    expect(words.split('\n').length).toBeGreaterThan(1);
    expect(words).toContain('\nIt breaks: ');
    expect(words).toContain('\nTo be seen: ');
  });

  test.each(names)('%s is small', (name) => {
    const changed = [...readFault(name).diffs.values()]
      .flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines))
      .filter((line) => /^[+-]/.test(line));
    expect(changed.length).toBeLessThanOrEqual(20);
  });
});

describe('applyPatch', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  const file = 'shared/core/moves/requeued.ts';
  const source = readFileSync(join(root, file), 'utf8');

  /** A folder of sources with this text as the file that the fault `retry-keeps-run` changes. */
  const sourcesWith = (text: string | undefined): string => {
    const folder = mkdtempSync(join(tmpdir(), 'davit-faults-'));
    folders.push(folder);
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    if (text !== undefined) writeFileSync(join(folder, file), text);
    return folder;
  };

  test('answers the patched texts, and writes nothing', () => {
    const folder = sourcesWith(source);
    const texts = applyPatch(folder, 'retry-keeps-run');
    expect([...texts.keys()]).toEqual([file]);
    expect(texts.get(file)).toBe(source.replace('run: task.run + 1,', 'run: task.run,'));
    expect(readFileSync(join(folder, file), 'utf8')).toBe(source);
  });

  test('finds lines that have moved', () => {
    const moved = `// one more line\n${source}`;
    const texts = applyPatch(sourcesWith(moved), 'retry-keeps-run');
    expect(texts.get(file)).toBe(moved.replace('run: task.run + 1,', 'run: task.run,'));
  });

  test('names the lines that it did not find, and what to do', () => {
    const changed = source.replace('run: task.run + 1,', 'run: task.run + 2,');
    const folder = sourcesWith(changed);
    const lines = (...some: readonly string[]) => new RegExp(some.join('\\n(.*\\n)*'));
    expect(() => applyPatch(folder, 'retry-keeps-run')).toThrow(
      lines(
        '^Expected test/faults/retry-keeps-run.patch to apply exactly to shared/core/moves/requeued.ts.*',
        ' {6}run: task.run \\+ 1,',
        'but line \\d+ .*',
        ' {6}run: task.run \\+ 2,',
        'plant the same fault in the code of today',
      ),
    );
  });

  test('allows no change of the context', () => {
    const changed = source.replace("phase: 'QUEUED',\n", "phase: 'QUEUED', // it waits\n");
    expect(() => applyPatch(sourcesWith(changed), 'retry-keeps-run')).toThrow(/apply exactly/);
  });

  test('says which file is gone', () => {
    expect(() => applyPatch(sourcesWith(undefined), 'retry-keeps-run')).toThrow(
      /Expected the file shared\/core\/moves\/requeued\.ts, which .* changes, but there is none/,
    );
  });

  test('says where the names are when there is no such patch', () => {
    expect(() => applyPatch(root, 'no-such-fault')).toThrow(/README\.md in that folder lists/);
  });
});
