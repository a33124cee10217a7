import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { Violation } from './violation.ts';

/** A process uses what SSM said for five seconds. */
const knownMs = 10_000;

interface Begun {
  readonly at: number;
  readonly knowsLimits: boolean;
}

/**
 * Judges that every launch has a place of the stage while that has a limit: also one of a tool with a limit of its own. The previous
 * release knows no limit of the stage, and an invocation that began before the limit was set may not know it.
 */
export const judgeStagePlaces = (
  worldOf: () => Pick<LiveWorld, 'releaseOf'> & {
    readonly cloud: Pick<LiveWorld['cloud'], 'stageLimits'>;
  },
): Pick<Watchers, 'invoked' | 'ended' | 'written'> => {
  const begun = new Map<string, Begun>();
  /** Processes with an invocation that Lambda has given up: it may go on when the process is used again. */
  const frozen = new Set<string>();
  return {
    invoked: (flow, { environment, startedAt }) => {
      // Only dispatch begins a launch.
      if (flow !== 'dispatch') return;
      const knowsLimits =
        begun.get(environment)?.knowsLimits ?? worldOf().releaseOf(flow).name !== 'previous';
      const at = frozen.has(environment) ? begun.get(environment)?.at : startedAt;
      begun.set(environment, { at: at ?? startedAt, knowsLimits });
    },
    ended: (_flow, how, { environment, error }) => {
      if (how === 'failed' && error === undefined) frozen.add(environment);
    },
    written: (before, after, by) => {
      const isLaunch = after.phase?.S === 'LAUNCHING' && before?.phase?.S !== 'LAUNCHING';
      const set = worldOf().cloud.stageLimits().at(-1);
      const { at = 0, knowsLimits = false } = begun.get(by) ?? {};
      if (!isLaunch || !knowsLimits || set?.maxRunning === undefined) return;
      if (set.at <= at - knownMs && after.place?.S !== 'stage')
        throw new Violation(
          'limit',
          `${after.taskId?.S} is launched without a place of the stage, which has a limit of ${set.maxRunning}`,
        );
    },
  };
};
