import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallestList } from './smallest-list.ts';

it('leaves exactly what is needed, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat({ max: 99 }), { maxLength: 30 }),
      fc.func(fc.boolean()),
      async (list, isNeeded) => {
        const needed = list.filter(isNeeded);
        const found = await smallestList(
          list,
          async (part) => needed.every((one) => part.includes(one)),
          () => false,
        );
        expect(found).toEqual(needed);
      },
    ),
  );
});

it('finds what is not needed any more without the others', async () => {
  // 1 is needed as long as 9 is there.
  const isEnough = async (part: readonly number[]): Promise<boolean> =>
    part.includes(5) && (part.includes(1) || !part.includes(9));
  expect(await smallestList([1, 5, 9], isEnough, () => false)).toEqual([5]);
});

it('ends when it is over, with what it has', async () => {
  let tries = 0;
  const found = await smallestList(
    [1, 2, 3, 4, 5, 6, 7, 8],
    async (part) => {
      tries += 1;
      return part.includes(8);
    },
    () => tries >= 1,
  );
  expect(found).toEqual([5, 6, 7, 8]);
});
