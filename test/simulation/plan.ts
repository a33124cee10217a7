import type { Placement, ToolSpec } from '../../shared/core/tool.ts';
import { echoSpec } from '../kit/site.ts';
import { type Chance, chanceOf } from './chance.ts';
import type { Happening } from './happening.ts';
import type { Frame } from './plan-frame.ts';
import { happeningsOf } from './plan-happenings.ts';
import { pickTheme } from './themes/pick.ts';

/** How a world is, as long as it lasts. */
export interface Traits {
  /** The share of ECS events that are lost, and that come twice; how late they come, in ms. */
  readonly eventLoss: number;
  readonly eventDoubles: number;
  readonly eventDelayMs: readonly [number, number];
  /** How old the state is that reads of ECS, and of indexes of the table, show, in ms. */
  readonly readLagMs: readonly [number, number];
  readonly indexLagMs: readonly [number, number];
  /** How long a call to ECS takes to arrive and to be answered, in ms: launches in doubt live in this time. */
  readonly ecsLatencyMs: readonly [number, number];
  /** The share of calls whose answer is lost, and that a server refuses by an error of its own. */
  readonly lostAnswers: number;
  readonly serverErrors: number;
  /** The share of refused launches that start all the same. */
  readonly refusedYetStarted: number;
  /** How far the clocks of functions are apart, in ms. */
  readonly skewMs: number;
  readonly deliveryLimit: number;
  /** The share of rows in which a later release has written a field that no release here knows. */
  readonly laterFields: number;
  /** The share of ECS tasks that a read misses although they are there. */
  readonly blindReads: number;
  /** The share of launches that ECS answers with a conflict, which names a task of someone else. */
  readonly strangeConflicts: number;
  /** AWS adds a container of its own before that of the tool. */
  readonly hasSidecar: boolean;
  /** The share of sweeps that EventBridge skips. */
  readonly sweepsSkipped: number;
}

/** A tool of a world, and how its runs behave. */
export interface PlannedTool {
  readonly name: string;
  readonly spec: ToolSpec;
  readonly temper: Temper;
}

/** How the runs of a tool behave. */
export interface Temper {
  /** The share of runs that end with an exit code other than 0, and the codes. */
  readonly failures: number;
  readonly exitCodes: readonly [number, ...number[]];
  readonly durationMs: readonly [number, number];
  /** The share of runs that do not end by themselves, of those that ignore SIGTERM, that exit 0 on it, that cannot start, that run out of memory. */
  readonly endless: number;
  readonly stubborn: number;
  readonly polite: number;
  readonly unstartable: number;
  /** Versions of which no run can start, until the world calms down. */
  readonly badVersions?: readonly string[];
  readonly outOfMemory: number;
}

/** Everything that a seed decides before a world begins. */
export interface Plan {
  readonly seed: number;
  readonly start: number;
  /** When the world calms down: from then on nothing fails. */
  readonly calmAt: number;
  readonly traits: Traits;
  readonly tools: readonly PlannedTool[];
  readonly happenings: readonly Happening[];
}

const minute = 60_000;
/** 2026-11-24T14:00:00Z. */
const startOfAll = Date.UTC(2026, 10, 24, 14);

/** The plan of a seed: at least eight tasks, four kinds of fault and a crash. */
export const planOf = (seed: number): Plan => {
  const chance = chanceOf(seed, 'plan');
  const themeChance = chanceOf(seed, 'theme');
  const theme = pickTheme(themeChance);
  const start = startOfAll;
  const calmAt = start + (theme?.troubledMs?.(themeChance) ?? chance.whole(10, 40) * minute);
  const tools = (['echo', 'film', 'talk'] as const).map((name) => toolOf(name, chance));
  const frame: Frame = { start, calmAt, tools: tools.map(({ name }) => name) };
  const shape = theme?.shape(themeChance, frame);
  return {
    seed,
    start,
    calmAt,
    traits: { ...traitsOf(chance), ...shape?.traits },
    tools: tools.map(shape?.tool ?? ((tool) => tool)),
    happenings: [...happeningsOf(chance, frame), ...(shape?.happenings ?? [])].toSorted(
      (a, b) => a.at - b.at,
    ),
  };
};

/** Most worlds have few of these troubles: then one of them shows its own consequences. */
const traitsOf = (chance: Chance): Traits => {
  const maybe = <T>(share: number, value: T, otherwise: T): T =>
    chance.is(share) ? value : otherwise;
  return {
    eventLoss: maybe(0.4, chance.pick([0.05, 0.3, 1]), 0),
    eventDoubles: maybe(0.4, 0.3, 0),
    eventDelayMs: maybe(
      0.4,
      [0, chance.pick([5_000, 60_000, 300_000])] as const,
      [0, 500] as const,
    ),
    readLagMs: maybe(0.3, [0, chance.pick([2_000, 20_000, 90_000])] as const, [0, 0] as const),
    indexLagMs: maybe(0.4, [0, chance.pick([1_000, 5_000, 60_000])] as const, [0, 200] as const),
    ecsLatencyMs: maybe(0.25, [1, 4_000] as const, [1, 15] as const),
    lostAnswers: maybe(0.4, chance.pick([0.005, 0.03]), 0),
    serverErrors: maybe(0.3, chance.pick([0.005, 0.03]), 0),
    refusedYetStarted: maybe(0.3, 0.5, 0),
    skewMs: maybe(0.5, 3_000, 0),
    laterFields: maybe(0.3, 0.5, 0),
    blindReads: maybe(0.2, 0.1, 0),
    strangeConflicts: maybe(0.15, 0.1, 0),
    hasSidecar: chance.is(0.2),
    deliveryLimit: maybe(0.2, chance.pick([1, 3, 20]), -1),
    sweepsSkipped: maybe(0.3, 0.3, 0),
  };
};

const toolOf = (name: string, chance: Chance): PlannedTool => ({
  name,
  spec: {
    ...echoSpec,
    image: name,
    placements: [
      ...chance.pick<readonly Placement[]>([
        ['cpu'],
        ['cpu-spot', 'cpu'],
        ['cpu', 'cpu-spot'],
        ['cpu-spot'],
      ]),
    ],
    timeoutMs: chance.pick([2, 10, 60] as const) * minute,
    startTimeoutMs: chance.pick([1, 5, 15] as const) * minute,
    startWithinMs: chance.pick([10, 30, 60, 1440] as const) * minute,
    attempts: chance.whole(1, 3),
    delaysMs: [...chance.pick<readonly number[]>([[0], [10_000, 60_000], [60_000, 300_000]])],
    reclaims: chance.whole(0, 3),
    stopTimeoutS: chance.pick([2, 30, 120] as const),
    exitCodes: chance.is(0.2) ? { 3: 'fail', 4: 'succeed' } : {},
    doubleMemory: chance.is(0.3),
    result: chance.is(0.3),
  },
  temper: {
    failures: chance.pick([0, 0.2, 0.6] as const),
    exitCodes: chance.pick<Temper['exitCodes']>([[1], [1, 75], [64, 1], [3, 4, 1]]),
    durationMs: [1_000, chance.pick([5_000, 60_000, 600_000] as const)],
    endless: chance.pick([0, 0, 0.2] as const),
    stubborn: chance.pick([0, 0.5] as const),
    polite: chance.pick([0, 0.3] as const),
    unstartable: chance.pick([0, 0, 0.3] as const),
    outOfMemory: chance.pick([0, 0, 0.3] as const),
  },
});
