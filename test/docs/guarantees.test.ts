import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultNames } from '../faults/patch.ts';
import { root } from '../kit/root.ts';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = textOf('docs/guarantees.md');
const { scripts } = JSON.parse(textOf('package.json'));

const partsOf = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, part = '']) => part);

/** Code on the page, in one line each. */
const code = partsOf(page, /`([^`]+)`/g).map((text) => text.replaceAll(/\s+/g, ' '));
const commands = code.filter((text) => text.startsWith('npm '));
const isPath = (text: string): boolean => /^[\w.-]+(?:\/[\w.-]+)+\/?$/.test(text);

/** The promises of a section: the code between *Judged as* and the end of that sentence. */
const judgedIn = (text: string): readonly string[] =>
  partsOf(text, /Judged as ([^.]+)\./g).flatMap((names) => partsOf(names, /`([^`]+)`/g));

const [, promised = ''] = /\n## What is promised\n([\s\S]*?)\n## /.exec(page) ?? [];
const sections = promised.split(/^### /m).slice(1);

describe('docs/guarantees.md', () => {
  it('names only files and folders that exist', () => {
    const paths = [
      ...code.filter(isPath),
      ...commands.flatMap((command) => command.split(' ').filter(isPath)),
      ...partsOf(page, /\]\(([\w./-]+)\)/g).map((link) => join('docs', link)),
    ];
    expect(paths.length).toBeGreaterThan(50);
    expect(
      paths.filter((path) => !existsSync(join(root, path))),
      'write their new places into docs/guarantees.md',
    ).toEqual([]);
  });

  it('links only to headings that it has', () => {
    const slugs = partsOf(page, /^#+ (.+)$/gm).map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = partsOf(page, /\]\(#([^)]+)\)/g);
    expect(links.length).toBeGreaterThan(1);
    expect(links.filter((link) => !slugs.includes(link))).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const named = commands.map((command) => /^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? '');
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('names only planted faults that have a patch', () => {
    const faults = code.flatMap((text) =>
      partsOf(text, /^(?:npm run simulate:faults )?-- ([\w-]+)$/g),
    );
    expect(faults.length).toBeGreaterThan(20);
    expect(faults.filter((name) => !faultNames().includes(name))).toEqual([]);
  });

  it('gives each test file to the command that runs its project', () => {
    const wrong = commands.filter((command) => {
      const file = command.split(' ').find((word) => word.endsWith('.test.ts'));
      const project = file === undefined ? undefined : projectOf(file);
      if (project === undefined) return false;
      return !command.startsWith(
        project === 'chaos' ? 'npm run chaos -- ' : `npm test -- --project ${project} `,
      );
    });
    expect(wrong).toEqual([]);
  });

  it('says of each promise its limits, what keeps it, its judges and a command', () => {
    expect(sections.length).toBeGreaterThan(8);
    for (const section of sections) {
      expect(section).toMatch(
        /^.+\n[^-][\s\S]+\n- Limits: [\s\S]+\n- Kept by `[\s\S]+\n- Judged as `[\s\S]+ Shown by\s+`npm /,
      );
    }
  });

  it('names every promise that is judged in the simulator once, and no other', () => {
    const judged = globSync('test/simulation/judges/*.ts', { cwd: root }).flatMap((file) =>
      partsOf(textOf(file), /new Violation\(\s*'([^']+)'/g),
    );
    expect(judged.length).toBeGreaterThan(20);
    expect(
      judgedIn(promised).toSorted(),
      'a promise of test/simulation/judges/ has a place in docs/guarantees.md, after "Judged as"',
    ).toEqual([...new Set(judged)].toSorted());
    expect(judgedIn(page)).toEqual(judgedIn(promised));
  });
});

/** The project of a test file, as vitest.config.ts divides them. */
const projectOf = (file: string): string => {
  const [, folder = ''] = /^test\/(system|chaos|contract|security)\//.exec(file) ?? [];
  if (folder !== '') return folder;
  return file.endsWith('.process.test.ts') ? 'process' : 'unit';
};
