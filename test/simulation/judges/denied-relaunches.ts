import { fieldsOf } from '../fields.ts';
import type { Item, Watchers } from '../watchers.ts';

/**
 * The runs that were launched before the table was restored, that its rows have not launched yet, and for which ECS denied the first
 * call since then. Such a row cannot know that its run was launched before: it takes the run for refused, and goes on to the next one
 * (docs/guarantees.md, case 6).
 */
export const deniedRelaunchesOf = (
  worldOf: () => { readonly cloud: { readonly items: () => readonly Item[] } },
): Pick<Watchers, 'restored' | 'launched' | 'denied'> & {
  /** Whether the run, named `task-1/2`, is one of them. */
  readonly has: (run: string) => boolean;
} => {
  /** The first run of each task that the backup has not launched. */
  const firstUnseen = new Map<string, number>();
  /** The runs for which ECS got a call before the table was restored, and since then. */
  const arrivedBefore = new Set<string>();
  const arrived = new Set<string>();
  const denied = new Set<string>();
  const isUnseen = (run: string): boolean => {
    const at = run.lastIndexOf('/');
    return Number(run.slice(at + 1)) >= (firstUnseen.get(run.slice(0, at)) ?? Infinity);
  };
  return {
    restored: () => {
      for (const run of arrived) arrivedBefore.add(run);
      for (const known of [firstUnseen, arrived, denied]) known.clear();
      for (const { taskId, run, phase } of worldOf().cloud.items())
        firstUnseen.set(taskId?.S ?? '', Number(run?.N) + (phase?.S === 'QUEUED' ? 0 : 1));
    },
    launched: (input) => void arrived.add(runIn(input)),
    denied: (action, input) => {
      const run = runIn(input);
      const isRelaunch = isUnseen(run) && arrivedBefore.has(run) && !arrived.has(run);
      if (action === 'RunTask' && isRelaunch) denied.add(run);
    },
    has: (run) => denied.has(run),
  };
};

const runIn = (input: unknown): string => String(fieldsOf(input).startedBy);
