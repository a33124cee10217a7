import { type Environment, openEnvironment, type Reach } from './environment.ts';
import type { FlowName } from './happening.ts';
import type { World } from './world.ts';

/** How an invocation ended for the one who invoked. */
export type Invoked =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed' };

/** Runs functions as Lambda does. */
export interface Lambda {
  /** `then` is called once, when the invocation has ended. */
  readonly invoke: (flow: FlowName, event: unknown, then?: (how: Invoked) => void) => void;
  /** New invocations get new environments: a deployment. Work under way goes on. */
  readonly replace: (flow: FlowName) => void;
  /** Every process ends, also in the middle of its work. Answers their names. */
  readonly endAll: () => ReadonlySet<string>;
}

/** The timeouts of the functions in seconds (serverless.yml). `play` stands for a function that is not there yet. */
const timeoutS: Readonly<Record<FlowName, number>> = {
  dispatch: 120,
  settle: 30,
  sweep: 55,
  release: 60,
  control: 60,
  relay: 60,
  play: 30,
};

/** Starts without environments. */
export const lambdaOf = (world: World, reach: Reach): Lambda => {
  const { timeline } = world;
  const chance = world.chance('lambda');
  const fresh = world.chance('processes');
  const idle = new Map<FlowName, Environment[]>();
  const deployments = new Map<FlowName, number>();
  const deploymentOf = new WeakMap<Environment, number>();
  const opened = new Map<FlowName, number>();
  let open: Environment[] = [];

  const environmentFor = (flow: FlowName): Environment => {
    const waiting = idle.get(flow) ?? [];
    if (waiting.length > 0 && !fresh.is(world.plan.traits.newProcesses)) {
      const [found] = waiting.splice(fresh.whole(0, waiting.length - 1), 1);
      if (found !== undefined) return found;
    }
    const count = (opened.get(flow) ?? 0) + 1;
    opened.set(flow, count);
    const environment = openEnvironment(world, reach, { name: `${flow}-${count}`, flow });
    deploymentOf.set(environment, deployments.get(flow) ?? 0);
    open = [...open.filter((one) => !one.isEnded()), environment];
    return environment;
  };

  const park = (environment: Environment): void => {
    if (reach.crashPoints.isBroken(environment)) environment.end();
    if (environment.isEnded()) return;
    environment.freeze();
    const { flow } = environment;
    if (deploymentOf.get(environment) !== (deployments.get(flow) ?? 0)) return;
    idle.set(flow, [...(idle.get(flow) ?? []), environment]);
  };

  return {
    invoke: (flow, event, then = () => {}) => {
      const environment = environmentFor(flow);
      environment.thaw();
      const startedAt = timeline.now();
      const abort = new AbortController();
      const remainingMs = timeoutS[flow] * 1_000;
      let isOver = false;
      let isCrashed = false;
      world.note(() => `${environment.name} (${environment.release}) is invoked`);
      world.count(`invoked ${flow}`);
      const invocation = { environment: environment.name, event, startedAt };
      world.watchers.invoked(flow, invocation);

      const end = (how: Invoked, error?: unknown): void => {
        if (isOver) return;
        isOver = true;
        environment.onCrash = () => {};
        world.note(
          () => `${environment.name} ${how.kind}${error === undefined ? '' : `: ${String(error)}`}`,
        );
        const value = how.kind === 'returned' ? how.value : undefined;
        world.watchers.ended(flow, how.kind, { ...invocation, value, error });
        park(environment);
        then(how);
      };

      const work = environment.functions[flow](event, abort.signal);
      work.then(
        (value) => {
          if (reach.crashPoints.isBroken(environment)) environment.end();
          end({ kind: 'returned', value });
        },
        (error: unknown) => {
          const isBroken = reach.crashPoints.isBroken(environment);
          if (isBroken) environment.end();
          end({ kind: 'failed' }, isBroken ? undefined : error);
        },
      );

      environment.onCrash = (how) => {
        isCrashed = true;
        if (how === 'halt') environment.end();
        else environment.freeze();
        // Lambda notices the end of a process at once, and a frozen one at its timeout.
        const isNoticed = how === 'halt' && chance.is(0.5);
        timeline.at(isNoticed ? timeline.now() : startedAt + remainingMs, () =>
          end({ kind: 'failed' }),
        );
      };

      // As shared/handler.ts ends the work: the signal first, and a failure one second before Lambda's time is over.
      const windDownMs = Math.max(2_000, Math.min(5_000, remainingMs / 4));
      timeline.at(startedAt + remainingMs - windDownMs, () => {
        if (!isOver && !environment.isEnded()) abort.abort();
      });
      timeline.at(startedAt + remainingMs - 1_000, () => {
        const hasCrashed = isCrashed || reach.crashPoints.isBroken(environment);
        const error = hasCrashed ? undefined : new Error('The function was too late.');
        if (!isOver) end({ kind: 'failed' }, error);
      });
    },
    replace: (flow) => {
      deployments.set(flow, (deployments.get(flow) ?? 0) + 1);
      idle.delete(flow);
    },
    endAll: () => {
      const ended = open;
      for (const environment of ended) {
        environment.onCrash('halt');
        environment.end();
      }
      idle.clear();
      open = [];
      return new Set(ended.map(({ name }) => name));
    },
  };
};
