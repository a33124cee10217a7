import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf, longestLine } from '../../cli/lines.ts';

const read = async (chunks: readonly Uint8Array[]) => {
  const found = [];
  const stream = (async function* () {
    yield* chunks;
  })();
  for await (const lines of linesOf(stream)) found.push(...lines);
  return found;
};

const cut = (bytes: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );

test('a stream has the same lines, however it is cut', async () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (some, size) => {
      const lines = some.map((text) => text.replaceAll('\n', ' '));
      const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
      const found = await read(cut(bytes, size));
      expect(
        found.map((line) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(line.bytes)),
      ).toEqual(lines);
      expect(found.map(({ number }) => number)).toEqual(lines.map((_, at) => at + 1));
      expect(found.at(-1)?.end ?? 0).toBe(bytes.length);
    }),
  );
});

test('the last line needs no line end, and an empty stream has no line', async () => {
  const [one, two] = await read([Buffer.from('a\nbc')]);
  expect([one?.end, two?.end]).toEqual([2, 4]);
  expect(await read([])).toEqual([]);
});

test('a line that is too long is named, and its bytes are not all held', async () => {
  const long = Buffer.alloc(longestLine, 'x');
  const [first, second] = await read([long, long, long, Buffer.from('\nok')]);
  expect(first).toMatchObject({ number: 1, isTooLong: true });
  expect(first?.bytes.length).toBe(longestLine);
  expect(second).toMatchObject({ number: 2, isTooLong: false });
});
