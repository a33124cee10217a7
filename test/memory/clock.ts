import type { Clock } from '../../shared/ports.ts';

/** A clock that stands still until a test moves it. */
export interface MemoryClock extends Clock {
  /** Moves the time on, and wakes in order every waiter whose time has come. */
  readonly advance: (ms: number) => Promise<void>;
  /** The time of the next waiter. */
  readonly nextAt: () => number | undefined;
}

/** 2026-11-24T14:00:00Z, unless the test says otherwise. */
export const memoryClock = (start: number = Date.UTC(2026, 10, 24, 14)): MemoryClock => {
  let now = start;
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>();

  const first = () => [...waiting].sort((a, b) => a.at - b.at)[0];

  const advance = async (ms: number): Promise<void> => {
    const until = now + ms;
    for (let next = first(); next && next.at <= until; next = first()) {
      now = Math.max(now, next.at);
      waiting.delete(next);
      next.wake();
      // A woken waiter goes on, and may wait again, before the time moves on.
      await new Promise(setImmediate);
    }
    now = until;
  };

  const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const waiter = { at: now + ms, wake: resolve };
      waiting.add(waiter);
      signal?.addEventListener('abort', () => {
        waiting.delete(waiter);
        resolve();
      });
    });

  return { now: () => now, wait, advance, nextAt: () => first()?.at };
};
