import { Violation } from './judges/violation.ts';
import type { Plan } from './plan.ts';
import type { PlannedTool, Temper } from './planned-tool.ts';
import { type Run, type RunOptions, runPlan } from './run-seed.ts';
import { smallestList } from './smallest-list.ts';
import { type Traits, usualProvisioningMs } from './traits.ts';

/** How long to look for a smaller plan. */
export interface ShrinkBounds {
  readonly runs: number;
  readonly ms: number;
  /** Milliseconds, of a clock that only rises. */
  readonly now: () => number;
}

/** The smallest plan that was found to break the same promise. */
export interface Shrunk {
  readonly plan: Plan;
  readonly violation: Error;
  readonly runs: number;
}

/** The name of the promise that an error is about; of an error that is no violation, its name. */
export const promiseOf = (error: Error): string =>
  error instanceof Violation ? error.promise : error.name;

/**
 * Makes the plan of a failing world smaller, as long as the same promise is broken: fewer tasks, fewer happenings, traits and tools
 * without their troubles. Undefined when the plan breaks no promise.
 */
export const shrink = async (
  plan: Plan,
  options: RunOptions,
  { runs: mostRuns, ms, now }: ShrinkBounds,
): Promise<Shrunk | undefined> => {
  const first = await runPlan(plan, options);
  if (first.violation === undefined) return undefined;
  const promise = promiseOf(first.violation);
  const startedAt = now();
  let best: Shrunk = { plan, violation: first.violation, runs: 1 };
  let runs = 1;
  const isOver = (): boolean => runs >= mostRuns || now() - startedAt > ms;

  const fails = async (candidate: Plan): Promise<boolean> => {
    runs += 1;
    const { violation }: Run = await runPlan(candidate, options);
    if (violation === undefined || promiseOf(violation) !== promise) return false;
    best = { plan: candidate, violation, runs };
    return true;
  };

  const withoutTasks = async (): Promise<void> => {
    const ids = [...new Set(best.plan.happenings.flatMap((one) => taskOf(one) ?? []))];
    await smallestList(
      ids,
      (kept) => {
        const happenings = best.plan.happenings.filter((one) => {
          const id = taskOf(one);
          return id === undefined || kept.includes(id);
        });
        return fails({ ...best.plan, happenings });
      },
      isOver,
    );
  };

  const withoutHappenings = async (): Promise<void> => {
    await smallestList(
      best.plan.happenings,
      (happenings) => fails({ ...best.plan, happenings }),
      isOver,
    );
  };

  const withoutTroubles = async (): Promise<void> => {
    for (const simpler of simplerPlans) {
      if (isOver()) return;
      const candidate = simpler(best.plan);
      if (JSON.stringify(candidate) !== JSON.stringify(best.plan)) await fails(candidate);
    }
  };

  await withoutTasks();
  await withoutHappenings();
  await withoutTroubles();
  await withoutHappenings();
  return { ...best, runs };
};

type Happening = Plan['happenings'][number];

const taskOf = (one: Happening): string | undefined => {
  if (one.kind === 'publish') return one.id;
  return one.kind === 'play' ? one.taskId : undefined;
};

/** The traits of a world without troubles of its own. */
export const harmless: Traits = {
  eventLoss: 0,
  eventDoubles: 0,
  eventDelayMs: [0, 500],
  readLagMs: [0, 0],
  indexLagMs: [0, 200],
  ecsLatencyMs: [1, 15],
  lostAnswers: 0,
  serverErrors: 0,
  refusedYetStarted: 0,
  skewMs: 0,
  deliveryLimit: -1,
  laterFields: 0,
  blindReads: 0,
  strangeConflicts: 0,
  provisioningMs: usualProvisioningMs,
  hasSidecar: false,
  sweepsSkipped: 0,
  newProcesses: 0,
};

const calmTemper: Omit<Temper, 'exitCodes' | 'durationMs'> = {
  failures: 0,
  endless: 0,
  stubborn: 0,
  polite: 0,
  unstartable: 0,
  outOfMemory: 0,
};

const withTools = (plan: Plan, change: (tool: PlannedTool) => PlannedTool): Plan => ({
  ...plan,
  tools: plan.tools.map(change),
});

/** Each makes one thing of a plan harmless. */
const simplerPlans: readonly ((plan: Plan) => Plan)[] = [
  ...Object.entries(harmless).map(
    ([name, value]) =>
      (plan: Plan): Plan => ({ ...plan, traits: { ...plan.traits, [name]: value } }),
  ),
  ...Object.entries(calmTemper).map(
    ([name, value]) =>
      (plan: Plan): Plan =>
        withTools(plan, (tool) => ({ ...tool, temper: { ...tool.temper, [name]: value } })),
  ),
  (plan) =>
    withTools(plan, (tool) => ({
      ...tool,
      temper: { ...tool.temper, durationMs: [1_000, 5_000] },
    })),
];
