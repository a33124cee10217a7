import { describe, expect, it } from 'vitest';
import { eachAtMost, paceOf } from '../../shared/flows/pace.ts';
import { memoryClock } from '../memory/clock.ts';

describe('paceOf', () => {
  it('lets the first call through at once, and then its rate', async () => {
    const clock = memoryClock();
    const pace = paceOf(clock, 20);
    const start = clock.now();
    const at: number[] = [];
    const calls = Promise.all(
      Array.from({ length: 41 }, () => pace().then(() => at.push(clock.now() - start))),
    );
    await new Promise(setImmediate);
    await clock.advance(2_000);
    await calls;
    expect(at).toEqual(Array.from({ length: 41 }, (_, index) => index * 50));
  });

  it('saves nothing up while there are no calls', async () => {
    const clock = memoryClock();
    const pace = paceOf(clock, 20);
    await pace();
    await clock.advance(60_000);
    let done = 0;
    const calls = Promise.all([pace(), pace()].map((call) => call.then(() => (done += 1))));
    await new Promise(setImmediate);
    expect(done).toBe(1);
    await clock.advance(50);
    await calls;
  });
});

describe('eachAtMost', () => {
  it('works on no more items at the same time than permitted, and answers in their order', async () => {
    let inHand = 0;
    let most = 0;
    const answers = await eachAtMost([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise(setImmediate);
      inHand -= 1;
      if (item === 2) throw new Error('two');
      return item * 10;
    });
    expect(most).toBe(3);
    expect(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'failed')),
    ).toEqual([10, 'failed', 30, 40, 50, 60, 70]);
  });
});
