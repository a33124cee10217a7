import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeMeanings } from '../../cli/codes.ts';

test('docs/cli.md explains the exit codes in the words of --help', () => {
  const text = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) \| (.+) \|$/gm)];
  const written = rows.map(([, code, meaning = '']) => [Number(code), meaning.replaceAll('`', '')]);
  expect(written).toEqual(codeMeanings);
});
