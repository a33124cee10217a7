import type { SparingPace } from '../ports/call-pace.ts';
import type { Clock } from '../ports.ts';

/** How fast calls are let through. */
interface Rate {
  readonly perSecond: number;
  /** The calls that may be made at once after a pause. */
  readonly burst: number;
  /** For a minute after a refusal: other callers use more of the same bucket of ECS than expected. */
  readonly slowPerSecond: number;
}

/*
 * ECS has one bucket of calls for the whole account and region (ECS, request throttling). Reads: 100 at once, then 20 a
 * second, shared with dispatch and operators. RunTask and StopTask together: 100 at once, then 40 a second, of which
 * dispatch uses at most 20 and rarely more than 10.
 */
export const readRate: Rate = { perSecond: 16, burst: 60, slowPerSecond: 8 };
export const stopRate: Rate = { perSecond: 30, burst: 80, slowPerSecond: 15 };

const slowMs = 60_000;
/** The calls that are spared have this share of the rate: the function that makes the others later has the rest of ECS's bucket. */
const sparedShare = 1 / 10;

/** Lets calls through at a rate, in the order in which they came, and more slowly for a minute after ECS refused one. */
export const callPaceOf = (
  clock: Clock,
  { perSecond, burst, slowPerSecond }: Rate,
): SparingPace => {
  // When the bucket will be full again: each call moves this time on by the gap of one call.
  let fullAt = 0;
  let slowUntil = 0;
  // The same for the calls that are spared.
  let sparesAllAt = 0;
  const spareGapMs = 1000 / (perSecond * sparedShare);
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
    spares: () => {
      const now = clock.now();
      const next = Math.max(now, sparesAllAt) + spareGapMs;
      if (now < slowUntil || next - burst * spareGapMs > now) return false;
      sparesAllAt = next;
      return true;
    },
  };
};
