import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { demultiplex } from '../../../../../local/ecs/runtime/engine/demultiplex.ts';

interface Piece {
  readonly output: 1 | 2;
  readonly words: string;
}

const framed = ({ output, words }: Piece): Buffer => {
  const header = Buffer.from([output, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(words), 4);
  return Buffer.concat([header, Buffer.from(words)]);
};

/** What the outputs say when the stream arrives in chunks of these sizes, again and again. */
const readInChunks = async (bytes: Buffer, sizes: readonly number[]) => {
  const source = new PassThrough();
  const { stdout, stderr } = demultiplex(source);
  const read = Promise.all([text(stdout), text(stderr)]);
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    source.write(bytes.subarray(at, at + size));
    at += size;
  }
  source.end();
  return read;
};

it('gives each output its pieces in order, wherever the chunks of the stream begin and end', async () => {
  const piece = fc.record({ output: fc.constantFrom(1 as const, 2 as const), words: fc.string() });
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(piece), sizes, async (pieces, chunks) => {
      const wordsOf = (output: 1 | 2): string =>
        pieces.map((one) => (one.output === output ? one.words : '')).join('');
      const read = await readInChunks(Buffer.concat(pieces.map(framed)), chunks);
      expect(read).toEqual([wordsOf(1), wordsOf(2)]);
    }),
  );
});

it('takes thousands of one-byte pieces in one chunk', async () => {
  const pieces = Array.from({ length: 50_000 }, () => framed({ output: 2, words: 'x' }));
  const [, stderr] = await readInChunks(Buffer.concat(pieces), [1_000_000]);
  expect(stderr).toHaveLength(50_000);
});

it('ends both outputs when the connection breaks', async () => {
  const source = new PassThrough();
  const { stdout, stderr } = demultiplex(source);
  source.write(framed({ output: 1, words: 'half' }).subarray(0, 10));
  source.destroy(new Error('ECONNRESET'));
  expect(await Promise.all([text(stdout), text(stderr)])).toHaveLength(2);
});
