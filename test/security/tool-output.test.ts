/**
 * Attacker: a tool on this machine, or the publisher of its input: it prints without end.
 * Goal: to fill the disk and the memory of the stack, which every other task needs.
 * What remains possible: to print 8 MB of the beginning and 512 KB of the end, for each stream of a run.
 */
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { keepOutput } from '../../local/ecs/runtime/output.ts';

const MiB = 1024 * 1024;

const keptOf = async (output: Readable): Promise<readonly string[]> => {
  const kept: string[] = [];
  await keepOutput(output, (lines) => void kept.push(...lines));
  return kept;
};

const bytesOf = (lines: readonly string[]): number =>
  lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0);

it.each([
  ['lines', '0123456789abcde\n'],
  ['one line', '0123456789abcdef'],
])('keeps the beginning and the end of 64 MB of %s', async (_name, text) => {
  const chunk = Buffer.from(text.repeat(4_096));
  const flood = function* () {
    for (let sent = 0; sent < 64 * MiB; sent += chunk.length) yield chunk;
    yield Buffer.from('\nDAVIT_RESULT {"frames":1}\n');
  };
  const kept = await keptOf(Readable.from(flood(), { objectMode: false }));
  expect(bytesOf(kept)).toBeLessThan(9 * MiB);
  expect(kept.at(-1)).toBe('DAVIT_RESULT {"frames":1}');
  expect(kept.some((line) => /bytes of output are left out/.test(line))).toBe(true);
});
