import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outputLine, remarkLine } from '../../../cli/print/output-line.ts';
import { painted } from '../../../cli/print/text.ts';
import { root } from '../../kit/root.ts';

const screen = { colours: true };

test.each(['bold', 'dim', 'red', 'green', 'yellow', 'cyan', 'blue'] as const)(
  'Davit’s own colour %s passes to a screen that has colours',
  (paint) => {
    const line = `a ${painted(screen, paint, 'b')} c`;
    expect(outputLine(line, screen)).toBe(line);
    expect(outputLine(line, { colours: false })).toBe('a b c');
  },
);

test('characters that a command did not make visible do not pass', () => {
  const forgotten = `${painted(screen, 'red', 'x\u001b]0;owned\u0007')}\u001b[2J\u001b[7mb\u202e`;
  expect(outputLine(forgotten, screen)).toBe(
    '\u001b[31mx\\u{1b}]0;owned\\u{7}\u001b[39m\\u{1b}[2Jb\\u{202e}',
  );
});

test('no command prints in another way', () => {
  const files = globSync('cli/**/*.ts', { cwd: root });
  const using = (word: RegExp): readonly string[] =>
    files.filter((file) => word.test(readFileSync(join(root, file), 'utf8'))).toSorted();
  expect(files.length).toBeGreaterThan(30);
  expect(using(/console\.|process\.std(out|err)\.write/)).toEqual(['cli/main.ts']);
  // The body of a message is sent and not printed.
  expect(using(/JSON\.stringify/)).toEqual(['cli/task-message.ts']);
});

test('a remark is one line, and its further rows begin with spaces', () => {
  expect(remarkLine('a\nb\u001b', undefined)).toBe('a b\\u{1b}');
  expect(remarkLine(`${'x'.repeat(18)}04:12:20  forged`, 20)).toBe(
    `${'x'.repeat(18)}\n  04:12:20  forged`,
  );
});
