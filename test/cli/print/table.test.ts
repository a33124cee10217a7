import { describe, expect, test } from 'vitest';
import { type Column, table } from '../../../cli/print/table.ts';
import { columnsOf } from '../../../cli/print/text.ts';

interface Row {
  readonly id: string;
  readonly n: number;
  readonly why: string;
}

const columns: readonly Column<Row>[] = [
  { head: 'ID', of: (row) => row.id, cut: { at: 'middle', least: 5 } },
  { head: 'N', of: (row) => String(row.n), side: 'right', spare: 1 },
  { head: 'WHY', of: (row) => row.why, cut: { at: 'end', least: 6 }, paint: () => 'red' },
];

const rows: readonly Row[] = [
  { id: 'a-very-long-name-1', n: 7, why: 'because it had to be' },
  { id: 'b', n: 12, why: '' },
];

describe('a table', () => {
  test('is complete without a screen', () => {
    expect(table(rows, columns, { colours: false })).toEqual([
      'ID                   N  WHY',
      'a-very-long-name-1   7  because it had to be',
      'b                   12',
    ]);
  });

  test('is cut to the screen: ids in the middle, sentences at the end', () => {
    expect(table(rows, columns, { colours: false, columns: 30 })).toEqual([
      'ID            N  WHY',
      'a-ver…ame-1   7  because it h…',
      'b            12',
    ]);
  });

  test('leaves out a spare column when cutting is not enough', () => {
    expect(table(rows, columns, { colours: false, columns: 14 })).toEqual([
      'ID     WHY',
      'a-…-1  becaus…',
      'b',
    ]);
  });

  test.each([200, 60, 30, 20, 14])('takes at most %i columns', (width) => {
    const lines = table(rows, columns, { colours: false, columns: width });
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
  });

  test('colours cells without moving the columns', () => {
    const [, line] = table(rows, columns, { colours: true });
    expect(line).toBe('a-very-long-name-1   7  \u001b[31mbecause it had to be\u001b[39m');
  });

  test('never lets a cell break its line or control the terminal', () => {
    const [, line] = table([{ id: 'x', n: 1, why: 'one\ntwo\u001b[2J\u0007' }], columns, {
      colours: false,
    });
    expect(line).toBe('x   1  one two\\u{1b}[2J\\u{7}');
  });

  test('is not made wider by a cell of more than 120 columns, and only the last column shows all of it', () => {
    const why = 'y'.repeat(4_000);
    const many = [...rows, { id: `a${'x'.repeat(4_000)}z`, n: 1, why }];
    const lines = table(many, columns, { colours: false });
    expect(lines[1]?.length).toBeLessThan(150);
    expect(lines[3]).toMatch(/^ax+…x+z {3}1 {2}y{4000}$/);
    expect(lines[3]?.indexOf('  ')).toBe(120);
  });

  test('gives a wide character two columns', () => {
    const lines = table([{ id: '映画', n: 1, why: 'x' }], columns, { colours: false });
    expect(lines).toEqual(['ID    N  WHY', '映画  1  x']);
  });
});
