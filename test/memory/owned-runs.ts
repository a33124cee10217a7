import type { OwnedRun } from '../../shared/core/spoken-notice.ts';
import type { OwnedRuns } from '../../shared/ports/owned-runs.ts';

/** Keeps whose ECS tasks are. */
export const memoryOwnedRuns = (): OwnedRuns => {
  const kept = new Map<string, OwnedRun>();
  return {
    read: async (ecsTaskId) => kept.get(ecsTaskId),
    save: async (ecsTaskId, of) => void kept.set(ecsTaskId, { ...of }),
  };
};
