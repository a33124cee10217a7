import type { CallPace, Clock } from '../ports.ts';

/** How fast a bucket lets calls through. */
interface Rate {
  readonly perSecond: number;
  /** Calls at once after a while without any. */
  readonly burst: number;
  /** For a minute after a refusal: others draw on the same bucket of ECS more than was thought. */
  readonly slowPerSecond: number;
}

/*
 * ECS's buckets are one for the account and region (ECS, request throttling). Reads: 100 at once, 20 a second, for
 * dispatch and operators too. RunTask and StopTask: 100 at once and 40 a second together, of which dispatch takes 20 at
 * its fastest and rarely more than 10.
 */
export const readRate: Rate = { perSecond: 16, burst: 60, slowPerSecond: 8 };
export const stopRate: Rate = { perSecond: 30, burst: 80, slowPerSecond: 15 };

const slowMs = 60_000;

/** Lets calls through at a rate, in the order in which they came, and slower for a while after ECS refused one. */
export const callPaceOf = (clock: Clock, { perSecond, burst, slowPerSecond }: Rate): CallPace => {
  // When the bucket is full again: each call puts it off by what one call needs to be earned.
  let fullAt = 0;
  let slowUntil = 0;
  const gapMs = (now: number): number => 1000 / (now < slowUntil ? slowPerSecond : perSecond);
  return {
    next: async () => {
      const now = clock.now();
      const gap = gapMs(now);
      fullAt = Math.max(now, fullAt) + gap;
      const at = fullAt - burst * gap;
      if (at > now) await clock.wait(at - now);
    },
    slowDown: () => {
      const now = clock.now();
      slowUntil = now + slowMs;
      fullAt = Math.max(fullAt, now + burst * gapMs(now));
    },
  };
};
