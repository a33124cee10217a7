import type { Verdict } from '../../shared/core/run-record.ts';

/** How a run ended and who caused it, for people. */
export const verdictName = (verdict: Verdict): string => {
  switch (verdict) {
    case 'succeeded':
      return 'succeeded';
    case 'tool':
      return 'failed (the tool)';
    case 'outOfMemory':
      return 'out of memory';
    case 'reclaimed':
      return 'reclaimed (the platform)';
    case 'platform':
      return 'failed (the platform)';
    case 'capacity':
      return 'no capacity';
    case 'release':
      return 'failed (the release)';
    case 'deployment':
      return 'refused (the deployment)';
    case 'startTimeout':
      return 'did not start in time';
    case 'timeout':
      return 'timed out';
    case 'cancelled':
      return 'cancelled';
    case 'vanished':
      return 'vanished';
  }
};
