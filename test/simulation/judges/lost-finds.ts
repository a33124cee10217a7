import type { Item, Watchers } from '../watchers.ts';

/**
 * The runs that ECS had missed once when the backup was made that the table was restored from. Such a row does not know whether ECS
 * has found its run since: one more miss counts as the second one (docs/guarantees.md, case 6). Its run is named `task-1/2`.
 */
export const lostFindsOf = (
  worldOf: () => { readonly cloud: { readonly items: () => readonly Item[] } },
): Pick<Watchers, 'written' | 'restored'> & { readonly has: (run: string) => boolean } => {
  const missed = new Set<string>();
  return {
    restored: () => {
      missed.clear();
      for (const { taskId, run, missingSince } of worldOf().cloud.items())
        if (missingSince !== undefined) missed.add(`${taskId?.S}/${run?.N}`);
    },
    written: (_before, { taskId, run, phase, missingSince }) => {
      const isFound = missingSince === undefined && current.includes(phase?.S ?? '');
      if (isFound) missed.delete(`${taskId?.S}/${run?.N}`);
    },
    has: (run) => missed.has(run),
  };
};

const current = ['LAUNCHING', 'STARTING', 'RUNNING'];
