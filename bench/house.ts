/**
 * `npm run house` prints figures of the sources: words that are hard to read for people who learnt English at school, the
 * dialect of each folder, and sizes. They are for reading, and for comparing with an earlier commit. No check depends on them;
 * what the linter and test/architecture.test.ts forbid is always 0.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|mjs|md|yml)$/.test(file))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

const sources = files.filter(({ file }) => /\.(ts|mjs)$/.test(file));
const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '.');
const folders = [...new Set(sources.map(({ file }) => folderOf(file)))].sort();

const count = (texts: readonly { readonly text: string }[], pattern: RegExp): number =>
  texts.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0);

/** Whether a file has a function of its own before its last export; helpers belong below the exports, in call order. */
const hasHelperFirst = (text: string): boolean => {
  const helper = text.search(/^(?:const \w+ = (?:async )?(?:<[^\n]*>)?\(|(?:async )?function )/m);
  const lastExport = text.lastIndexOf('\nexport ');
  return helper >= 0 && helper < lastExport;
};

const print = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): void => {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column]).length)),
  );
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0
        ? String(cell).padEnd(widths[column] ?? 0)
        : String(cell).padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ')}`);
  }
};

const words: Readonly<Record<string, RegExp>> = {
  'is no, are no': /\b(?:is|are|was|were) no\b/gi,
  'tell, told': /\b(?:tell|tells|telling|told)\b/gi,
  nobody: /\bnobody\b/gi,
  away: /\baway\b/gi,
  anew: /\banew\b/gi,
};

console.log('Words (code, comments, messages and documents; without tests | all):');
print(
  ['', 'product', 'all'],
  Object.entries(words).map(([word, pattern]) => [
    word,
    count(
      files.filter(({ file }) => !file.startsWith('test/')),
      pattern,
    ),
    count(files, pattern),
  ]),
);

console.log('\nDialect:');
print(
  ['', 'files', 'functions', 'arrows', 'object types', 'interfaces', 'UPPER_CASE', 'helpers first'],
  folders.map((folder) => {
    const own = sources.filter(({ file }) => folderOf(file) === folder);
    return [
      folder,
      own.length,
      count(own, /^(?:export )?(?:async )?function\*? /gm),
      count(own, /^(?:export )?const \w+ = (?:async )?(?:<[^\n]*>)?\(/gm),
      count(own, /^(?:export )?type \w+(?:<[^=\n]*>)? = \{/gm),
      count(own, /^(?:export )?interface /gm),
      count(own, /^(?:export )?const [A-Z][A-Z0-9_]+\b/gm),
      own.filter(({ file, text }) => !file.endsWith('.test.ts') && hasHelperFirst(text)).length,
    ];
  }),
);

console.log('\nSizes (lines):');
const lengths = sources
  .filter(({ file }) => !file.startsWith('test/'))
  .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
  .sort((a, b) => b.lines - a.lines);
const median = lengths[Math.floor(lengths.length / 2)]?.lines ?? 0;
console.log(
  `  ${lengths.length} files, median ${median}, over 120: ${lengths.filter(({ lines }) => lines > 120).length}`,
);
print(
  ['over 200', ''],
  lengths.filter(({ lines }) => lines > 200).map(({ file, lines }) => [file, lines]),
);
console.log(
  `\nFiles at the root of local/: ${sources.filter(({ file }) => /^local\/[^/]+$/.test(file)).length}`,
);
