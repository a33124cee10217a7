import { rounded } from '../numbers.ts';
import { type Batches, type LimitedRuns, limitsWorld } from './world.ts';
import { figuresOf, type WriteFigures } from './write-units.ts';

/** What is published, and for how long it is measured, in simulated time. */
export interface SimulatedLoad extends LimitedRuns, Batches {
  readonly tasksPerSecond: number;
  readonly seconds: number;
  readonly tenants: number;
  /** Tasks beyond those that get the first places: all are published before there are places, so about so many wait all the time. */
  readonly waiting: number;
}

/** What was measured. */
export interface SimulatedOutcome extends WriteFigures {
  readonly launchedASecond: number;
  readonly writesATask: number;
  readonly lostRacesATask: number;
  readonly unitsATask: number;
  /** Writes that the partition refused, and that the SDK made again. */
  readonly refusedASecond: number;
  readonly waitingAtEnd: number;
  readonly mostAtOnce: number;
}

const second = 1_000;

/** Fills the places, and then measures what the item of the limit costs while tasks come at their rate. */
export const simulateLimit = async (load: SimulatedLoad): Promise<SimulatedOutcome> => {
  const world = await limitsWorld(load, load);
  const { clock } = world;
  const gapMs = Math.round(second / load.tasksPerSecond);
  let published = 0;
  const publish = async (tasks: number): Promise<void> => {
    for (let n = 0; n < tasks; n += 1) {
      // Ids of 36 characters, as UUIDs have, so that the item has the size that it has in use.
      world.submit(
        `task-${`${published}`.padStart(31, '0')}`,
        `tenant-${published % load.tenants}`,
      );
      published += 1;
      await clock.wait(gapMs);
    }
  };
  let outcome: SimulatedOutcome | undefined;
  await world.play(async () => {
    // The sweep counts the runs that are older than the limit, and then there are places.
    await publish(1);
    const early = load.waiting === 0 ? 0 : load.maxRunning + load.waiting;
    for (let n = 0; n < early; n += 1) {
      world.submit(`early-${`${n}`.padStart(30, '0')}`, `tenant-${n % load.tenants}`);
    }
    await clock.wait(70 * second);
    // After one run time the places are taken, and are freed one after the other.
    await publish(Math.ceil((1.2 * load.runMs) / gapMs));
    const from = clock.now();
    const before = world.counts();
    await publish(load.tasksPerSecond * load.seconds);
    const until = clock.now();
    const after = world.counts();
    const launched = after.launched - before.launched;
    const figures = figuresOf(world.writes, { from, until });
    const launchedASecond = (launched * second) / (until - from);
    const perTask = (aSecond: number): number => rounded(aSecond / launchedASecond, 1);
    outcome = {
      launchedASecond: rounded(launchedASecond, 1),
      ...figures,
      writesATask: perTask(figures.writesASecond),
      lostRacesATask: perTask(figures.lostRacesASecond),
      unitsATask: perTask(figures.unitsASecond),
      refusedASecond: rounded(
        (world.refusals.filter((at) => at >= from && at < until).length * second) / (until - from),
        1,
      ),
      waitingAtEnd: after.waiting,
      mostAtOnce: world.mostLiving(),
    };
  });
  if (outcome === undefined) throw new Error('The measurement did not come to its end.');
  return outcome;
};
