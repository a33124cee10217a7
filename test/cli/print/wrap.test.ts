import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf } from '../../../cli/print/text.ts';
import { indent, withoutTabs, wrap } from '../../../cli/print/wrap.ts';

const narrow = { colours: false, columns: 20 };

test('a text that is too long for its row continues below, behind its margin', () => {
  const rows = wrap('0123456789abcdef', indent(8, 'reason  '), narrow);
  expect(rows).toEqual(['reason  0123456789ab', '        cdef']);
});

test('a text stays on one line without a screen, and where it fits', () => {
  const long = 'x'.repeat(500);
  expect(wrap(long, indent(2), { colours: false })).toEqual([`  ${long}`]);
  expect(wrap('', indent(2), narrow)).toEqual(['  ']);
});

test('a row has room for its emoji even when the terminal does not join them', () => {
  const rows = wrap('👩‍👩‍👧‍👦'.repeat(4), indent(0), narrow);
  expect(rows).toEqual(['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦👩‍👩‍👧‍👦']);
});

test('no row is wider than the screen, and nothing is lost', () => {
  const unit = fc.constantFrom('a', '映', '👩‍🚀', 'e\u0301', ' ');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 200 }), (text) => {
      const rows = wrap(text, { first: '│ ', below: '│ ', width: 2 }, narrow);
      expect(Math.max(...rows.map(columnsOf))).toBeLessThanOrEqual(20);
      expect(rows.map((row) => row.slice(2)).join('')).toBe(text);
    }),
  );
});

test('a tab becomes four spaces', () => {
  expect(withoutTabs('a\tb')).toBe('a    b');
});
