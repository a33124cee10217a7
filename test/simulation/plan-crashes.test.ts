import { describe, expect, it } from 'vitest';
import { callsBeside, callsOf, inheritedCalls } from './flow-calls.ts';
import { planOf } from './plan-of.ts';

describe('the plans of many seeds', () => {
  const plans = Array.from({ length: 400 }, (_, seed) => planOf(seed));

  it('aim crashes only at calls that their functions make', () => {
    const crashes = plans.flatMap(({ happenings }) =>
      happenings.flatMap((one) => (one.kind === 'crash' ? [one.point] : [])),
    );
    expect(crashes.length).toBeGreaterThan(plans.length);
    const wrong = crashes.filter(
      ({ flow, call }) =>
        call !== undefined &&
        ![...callsOf[flow], ...(callsBeside[flow] ?? [])].includes(call) &&
        !inheritedCalls.some((one) => one.flow === flow && one.call === call),
    );
    expect(wrong).toEqual([]);
  });

  it('let nothing happen before the world begins, and nearly all before it calms down', () => {
    for (const { start, calmAt, happenings } of plans) {
      expect(happenings.filter(({ at }) => at < start)).toEqual([]);
      const late = happenings.filter(({ at }) => at > calmAt).length;
      expect(late).toBeLessThan(happenings.length / 4);
    }
  });
});
