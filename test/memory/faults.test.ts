import { describe, expect, test } from 'vitest';
import { memoryClock } from './clock.ts';
import { Crash, newFaults } from './faults.ts';

const counter = () => {
  let count = 0;
  return { add: async () => ++count, count: () => count, name: 'counter' };
};

describe('faults on demand', () => {
  test('fail the next call once, before or after it is carried out', async () => {
    const real = counter();
    const faults = newFaults();
    const port = faults.wrap('counter', real);
    faults.failNext('counter.add');
    await expect(port.add()).rejects.toThrow('counter.add failed');
    expect(real.count()).toBe(0);
    faults.failNext('counter.add', new Error('lost'), 'after');
    await expect(port.add()).rejects.toThrow('lost');
    expect(real.count()).toBe(1);
    expect(await port.add()).toBe(2);
    expect(port.name).toBe('counter');
  });

  test('break a call down until it is mended', async () => {
    const faults = newFaults();
    const port = faults.wrap('counter', counter());
    faults.breakDown('counter.add');
    await expect(port.add()).rejects.toThrow('cannot be reached');
    await expect(port.add()).rejects.toThrow('cannot be reached');
    faults.mend('counter.add');
    expect(await port.add()).toBe(1);
  });

  test('crash at the nth call over all ports, and fail every later call until the restart', async () => {
    const one = counter();
    const other = counter();
    const faults = newFaults();
    const [first, second] = [faults.wrap('one', one), faults.wrap('other', other)];
    faults.crashAt(2, 'after');
    await first.add();
    await expect(second.add()).rejects.toThrow(Crash);
    await expect(first.add()).rejects.toThrow(Crash);
    expect([one.count(), other.count()]).toEqual([1, 1]);
    expect(faults.calls).toEqual(['one.add', 'other.add', 'one.add']);
    faults.restart();
    expect(await first.add()).toBe(2);
  });
});

describe('the clock in memory', () => {
  test('stands still, and wakes waiters in the order of their times', async () => {
    const clock = memoryClock(0);
    const woken: string[] = [];
    void clock.wait(200).then(() => woken.push(`b at ${clock.now()}`));
    void clock.wait(100).then(() => woken.push(`a at ${clock.now()}`));
    expect(clock.nextAt()).toBe(100);
    await clock.advance(250);
    expect(woken).toEqual(['a at 100', 'b at 200']);
    expect(clock.now()).toBe(250);
  });

  test('wakes a waiter whose signal aborts', async () => {
    const clock = memoryClock(0);
    const abort = new AbortController();
    const waiting = clock.wait(1000, abort.signal);
    abort.abort();
    await waiting;
    expect(clock.nextAt()).toBeUndefined();
  });
});
