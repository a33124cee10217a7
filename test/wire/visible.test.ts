import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spelledOut, visible, visibleJson, visibleLine } from '../../shared/wire/visible.ts';

const texts = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      '\u001b',
      '[',
      '0m',
      '\r',
      '\n',
      '\u200d',
      '\ufe0e',
      '\ufe0f',
      '👩',
      '👍',
      '🏽',
      '\u0301',
    ),
    fc.constantFrom('\u202e', '\u0085', '\ud83d', '\udc69', '\u{e0067}', '🏴', '1', '\u20e3', 'a'),
  ),
});

describe('a text that is made visible', () => {
  test.each([
    ['words, tabs and ends of lines stay', 'a\tb\nc\r\nd\r', 'a\tb\nc\nd'],
    [
      'an escape is spelled out, whatever follows',
      '\u001b]0;x\u0007 \u001b',
      '\\u{1b}]0;x\\u{7} \\u{1b}',
    ],
    ['the second set of control signs too', '\u009b2J\u0085\u007f', '\\u{9b}2J\\u{85}\\u{7f}'],
    ['a carriage return within a line', 'bad\rfine\r\r\n', 'bad\\u{d}fine\\u{d}\n'],
    ['colours go', '\u001b[1;31mred\u001b[m \u001b[38:2::1:2:3mx', 'red x'],
    ['nothing grows together where one went', '\u001b\u001b[0m[2J', '\\u{1b}[2J'],
    ['no colour is so long', `\u001b[${'1;'.repeat(40)}m`, `\\u{1b}[${'1;'.repeat(40)}m`],
    [
      'the order of writing',
      'a\u202eb\u2066c\u200f\u061c',
      'a\\u{202e}b\\u{2066}c\\u{200f}\\u{61c}',
    ],
    [
      'what ends a line elsewhere',
      'a\u2028b\u2029c\u000b\u000c',
      'a\\u{2028}b\\u{2029}c\\u{b}\\u{c}',
    ],
    ['what has no width', 'a\u200bb\ufeff\u00ad\u3164', 'a\\u{200b}b\\u{feff}\\u{ad}\\u{3164}'],
    ['tags and selectors', 'a\u{e0041}\ufe0f\u{e0100}', 'a\\u{e0041}\\u{fe0f}\\u{e0100}'],
    ['half a character', 'a\ud83db', 'a\\u{d83d}b'],
    ['what joins no emoji', 'a\u200db 👩\u200d', 'a\\u{200d}b 👩\\u{200d}'],
    ['marks in a heap', `e${'\u0301'.repeat(10)}`, `e${'\u0301'.repeat(8)}\\u{301}\\u{301}`],
  ])('%s', (_what, text, seen) => {
    expect(visible(text)).toBe(seen);
  });

  test.each([
    '👩‍👩‍👧‍👦',
    '❤️',
    '✔\ufe0e',
    '🏴󠁧󠁢󠁷󠁬󠁳󠁿',
    '🇩🇪',
    '1️⃣',
    '👍🏽',
    '🏳️‍🌈',
    '映画',
    'אב',
    'é',
    'e\u0301',
  ])('%s stays the same', (text) => {
    expect(visible(text)).toBe(text);
  });

  test('has nothing left to make visible', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const seen = visible(text);
        expect(visible(seen)).toBe(seen);
        const plain = seen
          .replace(/\p{RGI_Emoji_Tag_Sequence}/gv, '')
          .replace(/(?<=\p{Emoji}[\ufe0e\ufe0f\p{Emoji_Modifier}]?)[\u200d\ufe0e\ufe0f]/gv, '');
        expect(plain).not.toMatch(/[[\p{C}\p{Zl}\p{Zp}\p{DI}]--[\t\n]]/v);
      }),
    );
  });

  test('is one line where it must be', () => {
    expect(visibleLine(' a\r\nb\tc\n\nd\u000b ')).toBe('a b c d\\u{b}');
    fc.assert(fc.property(texts, (text) => !/[\t\n\r]/.test(visibleLine(text))));
  });

  test('is made visible in linear time, also when it was built to be slow', () => {
    // Where the work grew with the square of the length, each of these would take minutes.
    const hard = [
      '\u001b]8;;',
      '\u001b[',
      '\u001b[1;',
      ';1',
      '\u001b',
      '\r',
      '\u0301',
      '👩‍',
      '🏴\u{e0067}',
    ];
    for (const part of hard) {
      expect(visible(part.repeat(200_000)).length).toBeGreaterThan(200_000);
    }
  });
});

test('a quotation writes out even the parts of an emoji', () => {
  expect(spelledOut('a\n❤️\u001b[0m')).toBe('a\\u{a}❤\\u{fe0f}\\u{1b}[0m');
});

test('JSON has only visible characters, and means the same', () => {
  expect(visibleJson({ a: '\u009b\u202e\u2028\u007f👩‍🚀\u{e0041}' })).toBe(
    '{"a":"\\u009b\\u202e\\u2028\\u007f👩\\u200d🚀\\udb40\\udc41"}',
  );
  expect(visibleJson({ a: ['\u0000'] }, 2)).toBe('{\n  "a": [\n    "\\u0000"\n  ]\n}');
  fc.assert(
    fc.property(fc.dictionary(texts, fc.array(texts)), (value) => {
      const text = visibleJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{DI}]/v);
    }),
  );
});
