import { type Caller, type Perform, senderOf } from './calls.ts';
import { clientsOf } from './clients.ts';
import type { CrashPoints } from './crash-points.ts';
import type { Functions } from './functions.ts';
import type { FlowName } from './happening.ts';
import { onAbort } from './on-abort.ts';
import { type Postbox, postOf } from './post.ts';
import type { World } from './world.ts';

/** What an environment reaches. */
export interface Reach {
  readonly perform: Perform;
  readonly post: Postbox;
  readonly crashPoints: CrashPoints;
}

/** One execution environment of a function: a process, which Lambda uses again, freezes between invocations, and ends. */
export interface Environment {
  readonly name: string;
  readonly flow: FlowName;
  readonly release: string;
  readonly functions: Functions;
  /** Nothing of it goes on any more. */
  readonly end: () => void;
  readonly isEnded: () => boolean;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Does this at once, or when the process is used again, or never when it has ended. */
  readonly wake: (what: () => void) => void;
  /** Set by the invocation that runs: what a crash point asks of it. */
  onCrash: (how: 'halt' | 'freeze') => void;
}

/** Starts an environment with the release that its function has now. */
export const openEnvironment = (
  world: World,
  reach: Reach,
  { name, flow }: { readonly name: string; readonly flow: FlowName },
): Environment => {
  const chance = world.chance(`environment ${name}`);
  const { timeline } = world;
  const skewMs = chance.whole(-world.plan.traits.skewMs, world.plan.traits.skewMs);
  let state: 'running' | 'frozen' | 'ended' = 'running';
  let later: (() => void)[] = [];
  let writes = 0;

  const wake = (what: () => void): void => {
    if (state === 'running') what();
    if (state === 'frozen') later.push(what);
  };
  const caller: Caller = { name, chance, wake };

  const clock = {
    now: () => timeline.now() + skewMs,
    wait: (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const cancel = onAbort(signal, () => wake(resolve));
        timeline.at(timeline.now() + ms, () => {
          cancel();
          wake(resolve);
        });
      }),
  };

  const release = world.releaseOf(flow);
  const { logs, ...clients } = clientsOf(senderOf(world, caller, reach.perform));
  const environment: Environment = {
    name,
    flow,
    release: release.name,
    functions: release.openFunctions({
      ...clients,
      ...(world.plan.traits.speech ? { logs } : {}),
      post: postOf(world, reach.post, caller),
      clock,
      newId: () => {
        writes += 1;
        return `${name}-${writes}`;
      },
      log: (level, what, facts) =>
        world.note(() => `  ${name} logs ${level} ${what} ${JSON.stringify(facts)}`),
      meter: (metric, amount = 1) => world.watchers.counted(metric, amount),
      subnets: world.subnetsOf(flow),
      guard: (port, functions) => reach.crashPoints.guard(port, functions, environmentOf),
    }),
    end: () => {
      state = 'ended';
      later = [];
    },
    isEnded: () => state === 'ended',
    freeze: () => {
      if (state === 'running') state = 'frozen';
    },
    thaw: () => {
      if (state !== 'frozen') return;
      state = 'running';
      const due = later;
      later = [];
      for (const what of due) what();
    },
    wake,
    onCrash: () => {},
  };
  const environmentOf = (): Environment => environment;
  return environment;
};
