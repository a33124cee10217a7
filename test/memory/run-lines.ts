import type { RunLines } from '../../shared/core/run-lines.ts';
import type { RunLinesTable } from '../../shared/ports/run-lines.ts';

/** Keeps what was taken of the lines of runs. */
export const memoryRunLines = (): RunLinesTable => {
  const kept = new Map<string, RunLines>();
  return {
    read: async (taskId, run) => kept.get(`${taskId}/${run}`),
    save: async ({ taskId, run }, next, was) => {
      const name = `${taskId}/${run}`;
      if (kept.get(name)?.revision !== was?.revision) return false;
      kept.set(name, structuredClone(next));
      return true;
    },
  };
};
