import { isEnded } from '../../shared/core/task.ts';
import { percentile, rounded } from '../numbers.ts';
import { type BenchWorld, timeoutMs } from './world.ts';

/** The amount of work to repair. */
export interface Load {
  /** Rows whose tasks have not ended. */
  readonly rows: number;
  /** Of these, runs that have passed their timeout. */
  readonly overdue: number;
  /** Of these, runs that end by themselves in the first minutes; the events of their ends are lost. */
  readonly lost: number;
  readonly launchesASecond: number;
}

/** The result; in seconds unless the name says otherwise. */
export interface Outcome {
  readonly stopsASecond: number;
  readonly stopsASecondOfWork: number;
  readonly lostRepairedMedian: number;
  readonly lostRepairedLast: number;
  readonly longestSweep: number;
  readonly sweeps: number;
  readonly launched: number;
  readonly reads: number;
  readonly readsRefused: number;
  readonly stopsRefused: number;
  readonly launchesInDoubt: number;
  readonly setbacks: number;
}

const second = 1_000;
const minute = 60 * second;
/** The measurement ends after this time; rows that are not repaired by then count as never repaired. */
const mostMs = 30 * minute;
/** The runs whose events are lost end during this time. */
const endingMs = 5 * minute;

/** Runs sweep after sweep until the whole load is repaired. */
export const measure = async (
  world: BenchWorld,
  load: Load,
  log: (line: string) => unknown,
): Promise<Outcome> => {
  const { clock, runs, tasks } = world;
  const ids = await fill(world, load);
  log(`${ids.length} runs and rows are there`);
  await clock.advance(minute);
  const begin = clock.now();
  const until = begin + mostMs;
  const isOverdue = (id: string): boolean => {
    const row = tasks.row(id);
    return row?.phase === 'RUNNING' && begin - row.startedAt > timeoutMs;
  };
  const overdue = ids.filter(isOverdue);
  const others = ids.filter((id) => !isOverdue(id));
  const lost = others.filter((_, at) => at % Math.floor(others.length / load.lost) === 1);
  const endedAt = new Map<string, number>();
  const sweptMs: number[] = [];
  let launched = 0;

  const isRepaired = (): boolean =>
    clock.now() >= begin + endingMs &&
    [...overdue, ...lost].every((id) => {
      const row = tasks.row(id);
      return row !== undefined && isEnded(row);
    });
  let isDone = false;

  const ending = async (): Promise<void> => {
    for (const id of lost) {
      await clock.wait(endingMs / lost.length);
      const row = tasks.row(id);
      if (row?.phase === 'RUNNING') runs.exit(row.ecsTaskArn, 0);
      endedAt.set(id, clock.now());
    }
  };
  const dispatching = async (): Promise<void> => {
    for (let batch = 0; !isDone; batch += 1) {
      const next = begin + (batch + 1) * second;
      const each = Array.from({ length: load.launchesASecond }, (_, at) => `new-${batch}-${at}`);
      await world.dispatch(each);
      launched += each.length;
      await clock.wait(next - clock.now());
    }
  };
  const sweeping = async (): Promise<void> => {
    for (let minutes = 0; !isDone; minutes += 1) {
      const at = clock.now();
      await world.sweep();
      sweptMs.push(clock.now() - at);
      const stopped = `${world.stoppedAt.size} runs were stopped so far`;
      log(`sweep ${minutes + 1} took ${rounded((clock.now() - at) / second, 1)} s, ${stopped}`);
      runs.takeEvents();
      isDone = isRepaired() || clock.now() >= until;
      if (!isDone) await clock.wait(begin + (minutes + 1) * minute - clock.now());
    }
  };
  await drive(world, Promise.all([ending(), dispatching(), sweeping()]));

  const stopped = overdue.flatMap((id) => stoppedAt(world, id));
  const repaired = lost.flatMap((id) => {
    const row = tasks.row(id);
    const ended = endedAt.get(id);
    return row && isEnded(row) && ended !== undefined ? [row.endedAt - ended] : [];
  });
  const whole = (Math.max(...stopped) - begin) / second;
  const work = workMs(sweptMs, begin, Math.max(...stopped)) / second;
  const isWhole = stopped.length === overdue.length;
  const seconds = (ms: number): number => rounded(ms / second, 1);
  return {
    stopsASecond: isWhole ? rounded(stopped.length / whole, 1) : Number.NaN,
    stopsASecondOfWork: isWhole ? rounded(stopped.length / work, 1) : Number.NaN,
    lostRepairedMedian: seconds(percentile(repaired, 50)),
    lostRepairedLast:
      repaired.length === lost.length ? seconds(Math.max(...repaired)) : Number.POSITIVE_INFINITY,
    longestSweep: seconds(Math.max(...sweptMs)),
    sweeps: sweptMs.length,
    launched,
    reads: world.count('reads'),
    readsRefused: world.count('reads refused'),
    stopsRefused: world.count('stops refused'),
    launchesInDoubt: world.count('RunsInDoubt'),
    setbacks: world.count('SweepSetbacks'),
  };
};

/** Fills table and cluster at the rate at which ECS launches. Returns the ids. */
const fill = async (world: BenchWorld, { rows, overdue }: Load): Promise<readonly string[]> => {
  const ids = Array.from({ length: rows }, (_, at) => `t-${`${at}`.padStart(7, '0')}`);
  // The overdue runs are spread over the table, as they would be in practice.
  const every = Math.max(1, Math.floor(rows / Math.max(1, overdue)));
  for (const [at, id] of ids.entries()) {
    const isOverdue = at % every === 0 && at / every < overdue;
    await world.running(id, isOverdue ? timeoutMs + minute : 0);
    await world.clock.advance(second / 20);
    if (at % 1_000 === 0) world.runs.takeEvents();
  }
  return ids;
};

/** Runs the world until the work is done: advances the time to the next moment for which a timer waits. */
const drive = async (world: BenchWorld, work: Promise<unknown>): Promise<void> => {
  let isDone = false;
  const end = work.finally(() => {
    isDone = true;
  });
  end.catch(() => undefined);
  while (!isDone) {
    await new Promise(setImmediate);
    const next = world.clock.nextAt();
    if (next !== undefined) await world.clock.advance(Math.max(0, next - world.clock.now()));
  }
  await end;
};

/** The time at which StopTask was called for a row's run. */
const stoppedAt = (world: BenchWorld, id: string): readonly number[] => {
  const row = world.tasks.row(id);
  const arn = row && 'ecsTaskArn' in row ? row.ecsTaskArn : undefined;
  const at = arn === undefined ? undefined : world.stoppedAt.get(arn);
  return at === undefined ? [] : [at];
};

/** The time that sweeps worked, until then. */
const workMs = (sweptMs: readonly number[], begin: number, until: number): number =>
  sweptMs.reduce((sum, ms, at) => {
    const from = begin + at * minute;
    return sum + Math.max(0, Math.min(ms, until - from));
  }, 0);
