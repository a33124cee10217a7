import { echoSpec } from '../../test/kit/site.ts';
import type { Plan } from '../../test/simulation/plan.ts';
import type { PlannedTool, Temper } from '../../test/simulation/planned-tool.ts';
import { type Traits, usualProvisioningMs } from '../../test/simulation/traits.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 24, 14);

/** The tool of the crowd, and the one of the neighbours. */
export const crowd = 'crowd';
export const neighbour = 'neighbour';

/** A world of these two tools in which nothing else happens. */
export const crowdPlan = (seed: number, temper: Partial<Temper>): Plan => ({
  seed,
  start,
  calmAt: start,
  traits,
  tools: [toolOf(crowd, temper), toolOf(neighbour, {})],
  happenings: [],
});

/** Everything is in order: no call fails, and no event is lost. A call to ECS takes about 0.2 s, one to another service about 16 ms. */
const traits: Traits = {
  eventLoss: 0,
  eventDoubles: 0,
  eventDelayMs: [0, 500],
  readLagMs: [0, 0],
  indexLagMs: [0, 0],
  ecsLatencyMs: [75, 125],
  lostAnswers: 0,
  serverErrors: 0,
  refusedYetStarted: 0,
  skewMs: 0,
  laterFields: 0,
  blindReads: 0,
  strangeConflicts: 0,
  provisioningMs: usualProvisioningMs,
  hasSidecar: false,
  deliveryLimit: -1,
  sweepsSkipped: 0,
  newProcesses: 0,
};

const quick: Temper = {
  failures: 0,
  exitCodes: [1],
  durationMs: [5_000, 5_000],
  endless: 0,
  stubborn: 0,
  polite: 0,
  unstartable: 0,
  outOfMemory: 0,
};

const toolOf = (name: string, temper: Partial<Temper>): PlannedTool => ({
  name,
  spec: { ...echoSpec, image: name, result: false, startWithinMs: 14 * 24 * 60 * minute },
  temper: { ...quick, ...temper },
});
