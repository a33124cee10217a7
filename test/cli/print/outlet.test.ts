import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outLine, remarkLine } from '../../../cli/print/outlet.ts';
import { painted } from '../../../cli/print/text.ts';
import { root } from '../../kit/root.ts';

const screen = { colours: true };

test.each(['bold', 'dim', 'red', 'green', 'yellow', 'cyan', 'blue'] as const)(
  'the colour %s of this house passes, onto a screen that has colours',
  (paint) => {
    const line = `a ${painted(screen, paint, 'b')} c`;
    expect(outLine(line, screen)).toBe(line);
    expect(outLine(line, { colours: false })).toBe('a b c');
  },
);

test('what a command forgot to make visible does not pass', () => {
  const forgotten = `${painted(screen, 'red', 'x\u001b]0;owned\u0007')}\u001b[2J\u001b[7mb\u202e`;
  expect(outLine(forgotten, screen)).toBe(
    '\u001b[31mx\\u{1b}]0;owned\\u{7}\u001b[39m\\u{1b}[2Jb\\u{202e}',
  );
});

test('no command prints by another way', () => {
  const files = globSync('cli/**/*.ts', { cwd: root });
  const using = (word: RegExp): readonly string[] =>
    files.filter((file) => word.test(readFileSync(join(root, file), 'utf8'))).toSorted();
  expect(files.length).toBeGreaterThan(30);
  expect(using(/console\.|process\.std(out|err)\.write/)).toEqual(['cli/main.ts']);
  // A message's body, which is sent and not printed.
  expect(using(/JSON\.stringify/)).toEqual(['cli/asked-task.ts']);
});

test('a remark is one line, and goes on with a space before it', () => {
  expect(remarkLine('a\nb\u001b', undefined)).toBe('a b\\u{1b}');
  expect(remarkLine(`${'x'.repeat(18)}04:12:20  forged`, 20)).toBe(
    `${'x'.repeat(18)}\n  04:12:20  forged`,
  );
});
