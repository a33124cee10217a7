import type { ParameterState } from './types.ts';

/** GetParameter, GetParameters and GetParametersByPath share 40 calls a second (AWS quotas); that the burst is as large is a guess. */
export const fullRate = 40;

/** Whether a control throttles every call now. */
export const isThrottled = ({ throttledUntil }: ParameterState, now: number): boolean =>
  now < throttledUntil;

/** The state after one read; undefined when the rate is used up. */
export const chargedRead = (state: ParameterState, now: number): ParameterState | undefined => {
  if (!state.options.throttled) return state;
  const { tokens, at } = state.reads;
  const refilled = tokens + (Math.max(0, now - at) / 1000) * fullRate;
  const left = Math.min(fullRate, refilled) - 1;
  return left < 0 ? undefined : { ...state, reads: { tokens: left, at: now } };
};
