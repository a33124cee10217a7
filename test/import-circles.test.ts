import { expect, it } from 'vitest';
import { importsOf, sourcesIn } from './kit/sources.ts';

const folders = [
  'bench',
  'cli',
  'demo',
  'docs',
  'functions',
  'infra',
  'local',
  'models',
  'shared',
  'test',
  'tools',
];

/** The shortest circle of imports that begins at this file, if there is one; imports of types count. */
const circleFrom = (
  start: string,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] => {
  const seen = new Set<string>();
  const paths: (readonly string[])[] = [[start]];
  for (const path of paths) {
    for (const next of imports.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [];
};

const graphOf = (files: readonly string[]): ReadonlyMap<string, readonly string[]> =>
  new Map(files.map((file) => [file, importsOf(file).map(({ what }) => what)]));

// Biome's noImportCycles sees the imports of values alone.
it('no imports go round in a circle, not even imports of types', () => {
  const imports = graphOf(sourcesIn(folders));
  const circles = [...imports.keys()]
    .map((file) => circleFrom(file, imports).join(' → '))
    .filter((circle) => circle !== '');
  expect(circles).toEqual([]);
});

it('a circle is shown by its shortest way', () => {
  const imports = new Map([
    ['a', ['b', 'c']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', []],
  ]);
  expect(circleFrom('a', imports)).toEqual(['a', 'c', 'a']);
  expect(circleFrom('d', imports)).toEqual([]);
});
