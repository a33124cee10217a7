import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hanging, indentOf, untabbed } from '../../../cli/print/hanging.ts';
import { columnsOf } from '../../../cli/print/text.ts';

const narrow = { colours: false, columns: 20 };

test('a text that is too long for its row goes on below, behind its margin', () => {
  const rows = hanging('0123456789abcdef', indentOf(8, 'reason  '), narrow);
  expect(rows).toEqual(['reason  0123456789ab', '        cdef']);
});

test('a text is whole where no one looks, and where it fits', () => {
  const long = 'x'.repeat(500);
  expect(hanging(long, indentOf(2), { colours: false })).toEqual([`  ${long}`]);
  expect(hanging('', indentOf(2), narrow)).toEqual(['  ']);
});

test('a row has room for its emoji also where a terminal does not join them', () => {
  const rows = hanging('👩‍👩‍👧‍👦'.repeat(4), indentOf(0), narrow);
  expect(rows).toEqual(['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦👩‍👩‍👧‍👦']);
});

test('no row is wider than the screen, and nothing is lost', () => {
  const unit = fc.constantFrom('a', '映', '👩‍🚀', 'e\u0301', ' ');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 200 }), (text) => {
      const rows = hanging(text, { first: '│ ', below: '│ ', width: 2 }, narrow);
      expect(Math.max(...rows.map(columnsOf))).toBeLessThanOrEqual(20);
      expect(rows.map((row) => row.slice(2)).join('')).toBe(text);
    }),
  );
});

test('a tab is so many spaces', () => {
  expect(untabbed('a\tb')).toBe('a    b');
});
