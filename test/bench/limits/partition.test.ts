import { expect, it } from 'vitest';
import { partitionOf } from '../../../bench/limits/partition.ts';

/** A clock whose waits take no real time. */
const quickClock = () => {
  let at = 0;
  return {
    now: () => at,
    wait: async (ms: number) => {
      at += ms;
    },
  };
};

it('takes so many units in each second, and a refused write when it is made again', async () => {
  const clock = quickClock();
  const partition = partitionOf(clock, 10);
  for (let n = 0; n < 3; n += 1) await partition.take(3);
  expect([clock.now(), partition.refusals]).toEqual([0, []]);
  await clock.wait(300);
  await partition.take(3);
  expect(clock.now()).toBe(1_050);
  expect(partition.refusals).toEqual([300, 550]);
});

it('refuses a write for good after three tries', async () => {
  const partition = partitionOf(quickClock(), 10);
  await partition.take(10);
  await expect(partition.take(1)).rejects.toThrow('exceeded');
  expect(partition.refusals).toHaveLength(3);
});
