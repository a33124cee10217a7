import { expect, test } from 'vitest';
import { columnsOf, padded, truncated } from '../../../cli/print/text.ts';

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
  expect(columnsOf(padded(text, 10))).toBe(10);
});

test('a joined emoji or a flag is kept complete or left out', () => {
  expect(truncated('a👩‍👩‍👧‍👦b🇩🇪c', 5)).toBe('a👩‍👩‍👧‍👦b…');
  expect(truncated('a👩‍👩‍👧‍👦b🇩🇪c', 3)).toBe('a…');
  expect(truncated('aaaa🇩🇪🇫🇷bbbb🇩🇪', 8, 'middle')).toBe('aaaa…b🇩🇪');
});

test('a text is not read beyond the part that fits', () => {
  const endless = `${'ä'.repeat(10)}${'👩‍👩‍👧‍👦'.repeat(1_000_000)}`;
  expect(truncated(endless, 5)).toBe('ääää…');
  expect(truncated(endless, 6, 'middle')).toBe('äää…👩‍👩‍👧‍👦');
});
