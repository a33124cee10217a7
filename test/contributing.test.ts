import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './kit/root.ts';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = textOf('CONTRIBUTING.md');
const { scripts } = JSON.parse(textOf('package.json'));

/** Each command of the page, with the file that runs it and words of that file that show it. */
const runBy: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'node local/setup.mjs': ['.ci/run', 'node local/setup.mjs'],
  'npm run demo': ['.ci/run', 'npm run --silent demo'],
  'npm start': ['test/system/start.test.ts', "join(root, 'local/main.ts')"],
  'npm run invoke -- dispatch events/one-task.json': [
    'test/system/invoke.test.ts',
    "invoke(['dispatch', 'events/one-task.json'])",
  ],
  'npm run invoke:debug -- dispatch events/one-task.json': [
    'test/system/invoke.test.ts',
    "['--inspect-brk=127.0.0.1:0']",
  ],
  'bash .ci/run': ['.ci/run', 'Every check of the project'],
  'npm test -- --project unit test/core/due.test.ts': ['.ci/run', 'npm test'],
  'npm test -- --project unit test/core/due.test.ts -t outbox': ['.ci/run', 'npm test'],
};

const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

const paths = [...page.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`|\]\(([\w./-]+)\)/g)]
  .map(([, code, link]) => code ?? link ?? '')
  .filter((path) => path.includes('/') || /\.(?:md|yml|json|ts)$/.test(path));

describe('CONTRIBUTING.md', () => {
  test('names only files and folders that exist', () => {
    expect(paths.length).toBeGreaterThan(60);
    const gone = paths.filter((path) => !existsSync(join(root, path)));
    expect(
      gone,
      'CONTRIBUTING.md names these paths, which do not exist: write their new places there',
    ).toEqual([]);
  });

  test('has a row for each thing that a contributor adds most often', () => {
    for (const wish of ['a tool', 'a fact', 'a metric', 'a log name', 'a CLI command']) {
      expect(page).toContain(`| add ${wish} |`);
    }
  });

  test('has one line for each wish, and a list for each link from there', () => {
    const slugs = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, slug]) => slug);
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((slug = '') => !slugs.includes(slug))).toEqual([]);
    const wishes = [...page.matchAll(/^\| (?:add|change|plant|use) .+\| (.+) \|$/gm)];
    expect(wishes.length).toBeGreaterThan(15);
    expect(wishes.map(([line]) => line.length).filter((length) => length > 200)).toEqual([]);
  });

  test('names only scripts that package.json has', () => {
    const named = [...page.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('has only commands that something runs', () => {
    expect(commands.toSorted()).toEqual(Object.keys(runBy).toSorted());
    for (const [file, words] of Object.values(runBy)) expect(textOf(file)).toContain(words);
    expect(scripts.invoke).toBe('exec node invoke/main.ts');
    expect(scripts['invoke:debug']).toBe('exec node --inspect-brk invoke/main.ts');
    // The words of `-t` are in the name of a test.
    expect(textOf('test/core/due.test.ts')).toMatch(/\bit\('[^'\n]*outbox/);
  });
});
