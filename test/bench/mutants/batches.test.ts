import { describe, expect, test } from 'vitest';
import { batchesOf, longTestsOf, roundsOf } from '../../../bench/mutants/batches.ts';
import type { Learnt } from '../../../bench/mutants/request.ts';

const learntOf = (
  file: string,
  ...tests: readonly (readonly [ms: number, hits: readonly number[]])[]
): Learnt => ({
  file,
  tests: tests.map(([ms, hits], n) => ({ id: `${n}`, name: `${file} ${n}`, ms, hits })),
  outside: [],
});

const round = (...learnt: readonly Learnt[]) => ({ learnt, fromMs: 0, belowMs: 5 });

describe('the rounds', () => {
  test('take the short tests of a group first, and leave out the long ones', () => {
    const core = { learnt: [learntOf('core', [1, []], [70, []])], mostMs: 60 };
    const flows = { learnt: [learntOf('flows', [2, []], [3, []])], mostMs: 3 };
    const limits = roundsOf([core, flows]).map(({ fromMs, belowMs }) => [fromMs, belowMs]);
    expect(limits).toEqual([
      [0, 5],
      [5, 50],
      [50, 60],
      [0, 3],
    ]);
    expect(longTestsOf([core, flows])).toEqual(['core 1', 'flows 1']);
  });
});

describe('the work of a round', () => {
  test('is about the faults that are left, and about tests that execute them', () => {
    const learnt = [learntOf('a', [1, [1, 2]], [9, [3]]), learntOf('b', [1, [1]])];
    expect(batchesOf(round(...learnt), new Set([2, 3]))).toEqual([
      { file: 'a', tests: ['0'], faults: [2] },
    ]);
  });

  test('begins with the file that needs the least time', () => {
    const learnt = [learntOf('slow', [4, [1]], [4, [1]]), learntOf('quick', [4, [1]])];
    const files = batchesOf(round(...learnt), new Set([1])).map(({ file }) => file);
    expect(files).toEqual(['quick', 'slow']);
  });

  test('comes in pieces of about the same time, with each fault in one of them', () => {
    const faults = Array.from({ length: 20_000 }, (_, n) => n);
    const pieces = batchesOf(round(learntOf('a', [4, faults])), new Set(faults));
    expect(pieces.map((piece) => piece.faults.length)).toEqual([7_500, 7_500, 5_000]);
    expect(pieces.flatMap((piece) => piece.faults)).toEqual(faults);
  });
});
