import { describe, expect, it } from 'vitest';
import { callPaceOf } from '../../shared/flows/call-pace.ts';
import { memoryClock } from '../memory/clock.ts';

const rate = { perSecond: 20, burst: 10, slowPerSecond: 4 };

describe('the pace of calls', () => {
  const passing = () => {
    const clock = memoryClock();
    const pace = callPaceOf(clock, rate);
    const begin = clock.now();
    const at: number[] = [];
    const ask = (count: number): void => {
      for (let call = 0; call < count; call += 1)
        void pace.next().then(() => at.push(clock.now() - begin));
    };
    const pass = async (ms: number): Promise<void> => {
      await new Promise(setImmediate);
      await clock.advance(ms);
    };
    return { pace, at, ask, pass };
  };

  it('lets a burst through at once, and then its rate', async () => {
    const { at, ask, pass } = passing();
    ask(50);
    await pass(2_000);
    expect(at.filter((ms) => ms === 0)).toHaveLength(10);
    expect(at.slice(10)).toEqual(Array.from({ length: 40 }, (_, index) => (index + 1) * 50));
  });

  it('saves up at most one burst while there are no calls', async () => {
    const { at, ask, pass } = passing();
    ask(10);
    await pass(60_000);
    ask(11);
    await pass(50);
    expect(at.filter((ms) => ms === 60_000)).toHaveLength(10);
    expect(at.at(-1)).toBe(60_050);
  });

  it('is slower for a minute after a refusal, and loses what it has saved up', async () => {
    const { pace, at, ask, pass } = passing();
    pace.slowDown();
    ask(4);
    await pass(1_000);
    expect(at).toEqual([250, 500, 750, 1_000]);
    await pass(60_000);
    ask(12);
    await pass(100);
    expect(at.slice(4)).toHaveLength(12);
  });
});
