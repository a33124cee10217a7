import type { Placement } from '../../shared/core/tool.ts';
import { echoSpec } from '../kit/site.ts';
import type { Chance } from './chance.ts';
import type { Happening } from './happening.ts';
import type { PlannedTool, Temper } from './planned-tool.ts';
import { type Traits, usualProvisioningMs } from './traits.ts';

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

/** Most worlds have few of these troubles: then one of them shows its own consequences. */
export const traitsOf = (chance: Chance): Traits => {
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
    provisioningMs: usualProvisioningMs,
    hasSidecar: chance.is(0.2),
    deliveryLimit: maybe(0.2, chance.pick([1, 3, 20]), -1),
    sweepsSkipped: maybe(0.3, 0.3, 0),
    newProcesses: maybe(0.4, 0.3, 0),
  };
};

/** A tool with limits of its own, and how its runs end. */
export const toolOf = (name: string, chance: Chance): PlannedTool => ({
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
