import { expect, test } from 'vitest';
import { columnsOf, filled, fitted } from '../../../cli/print/text.ts';

test.each([
  ['abc', 3],
  ['映画', 4],
  ['👩‍👩‍👧‍👦', 2],
  ['🇩🇪🇫🇷', 4],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
  ['1️⃣', 2],
  ['👍🏽', 2],
  ['e\u0301', 1],
])('%s takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
  expect(columnsOf(filled(text, 10))).toBe(10);
});

test('a joined emoji and a flag are kept whole or left out', () => {
  expect(fitted('a👩‍👩‍👧‍👦b🇩🇪c', 5)).toBe('a👩‍👩‍👧‍👦b…');
  expect(fitted('a👩‍👩‍👧‍👦b🇩🇪c', 3)).toBe('a…');
  expect(fitted('aaaa🇩🇪🇫🇷bbbb🇩🇪', 8, 'middle')).toBe('aaaa…b🇩🇪');
});

test('a text is not looked at further than it fits', () => {
  const endless = `${'ä'.repeat(10)}${'👩‍👩‍👧‍👦'.repeat(1_000_000)}`;
  expect(fitted(endless, 5)).toBe('ääää…');
  expect(fitted(endless, 6, 'middle')).toBe('äää…👩‍👩‍👧‍👦');
});
