import fc from 'fast-check';
import { expect, test } from 'vitest';
import { depthOf, parseJson, writeJson } from '../../shared/wire/json.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

const again = (text: string): string => {
  const parsed = parseJson(bytesOf(text));
  return parsed.ok ? writeJson(parsed.value) : `refused: it ${parsed.why}`;
};

test.each([
  '9007199254740993',
  '1e400',
  '-0',
  '-0.0',
  '1.0',
  '0.1000000000000000055511151231257827',
  '1E+2',
  '123456789012345678901234567890',
])('the number %s is written back digit for digit', (number) => {
  expect(again(`{"n": [${number}]}`)).toBe(`{"n":[${number}]}`);
});

test.each([
  '{"__proto__":{"tool":"a"}}',
  '{"toJSON":"x","constructor":1}',
  '{"isLosslessNumber":true,"value":"1"}',
  '{"rawJSON":"1"}',
  '{"a":"\\ud800"}',
])('the document %s comes back as it was', (document) => {
  expect(again(document)).toBe(document);
});

test('a byte order mark at the beginning is dropped', () => {
  expect(parseJson(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toEqual({ ok: true, value: {} });
});

test('a key that is there twice is refused when the values differ, and accepted when they do not', () => {
  expect(again('{"a":1,"a":2}')).toContain('refused: it is not JSON: Duplicate key');
  expect(again('{"a":1,"a":1}')).toBe('{"a":1}');
});

test('a hundred levels are read, one more is refused', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(again(nested(100))).toBe(nested(100));
  expect(again(nested(101))).toBe(
    'refused: it is nested 101 levels deep, and 100 levels are the most',
  );
});

test('a million brackets are refused, not a stack overflow', () => {
  expect(again('['.repeat(1_000_000))).toContain('nested 1000000 levels');
});

test('a string of many megabytes is read, and one without an end is refused', () => {
  const long = 'a\\n'.repeat(6_000_000);
  expect(depthOf(`{"a":"${long}"}`)).toBe(1);
  expect(parseJson(bytesOf(`["${long}"]`)).ok).toBe(true);
  expect(parseJson(bytesOf(`"${long}`)).ok).toBe(false);
});

test('brackets in strings do not count, and escaped quotes end no string', () => {
  expect(depthOf(`{"a":"${'['.repeat(200)}"}`)).toBe(1);
  expect(depthOf(`{"a":"\\"${'['.repeat(200)}"}`)).toBe(1);
  expect(depthOf(`{"a":"\\\\","b":[[]]}`)).toBe(3);
});

test('the depth that is scanned is the depth that a parser finds', () => {
  const levels = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(levels))
      : 0;
  fc.assert(
    fc.property(fc.json(), (document) => {
      expect(depthOf(document)).toBe(levels(JSON.parse(document)));
    }),
  );
});

test('exactly the texts that JavaScript accepts as JSON are accepted, and mean the same', () => {
  const almostJson = fc.oneof(
    fc.json(),
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'{}[]",:0123456789.eE+- \ntrufalsn\\'), maxLength: 12 }),
  );
  fc.assert(
    fc.property(almostJson, (text) => {
      const parsed = parseJson(bytesOf(text.replace(/^\uFEFF/, '')));
      const theirs = ((): unknown => {
        try {
          return JSON.parse(Buffer.from(text.replace(/^\uFEFF/, '')).toString());
        } catch {
          return undefined;
        }
      })();
      fc.pre(parsed.ok || !parsed.why.includes('Duplicate key'));
      expect(parsed.ok ? JSON.parse(writeJson(parsed.value)) : undefined).toEqual(theirs);
    }),
    { numRuns: 500 },
  );
});
