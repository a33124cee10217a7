import type { Clock } from '../../shared/ports.ts';

/** A partition of the table, as a client sees it that makes its writes again. */
interface Partition {
  /** Comes back when the partition has taken a write of so many units. Throws when it has refused all tries. */
  readonly take: (units: number) => Promise<void>;
  /** When it refused a write. */
  readonly refusals: readonly number[];
}

/** The SDK makes a call three times, and waits before a repeat up to 500 ms, then 1 s: on the average, half of that. */
const waitsMs = [250, 500];

/** Takes so many units in each second and refuses every write beyond, as DynamoDB may. No unit of a quiet second is kept for later. */
export const partitionOf = (clock: Clock, unitsASecond: number): Partition => {
  const refusals: number[] = [];
  let second = -1;
  let left = 0;
  const isTaken = (units: number): boolean => {
    const at = Math.floor(clock.now() / 1_000);
    if (at !== second) left = unitsASecond;
    second = at;
    if (units > left) {
      refusals.push(clock.now());
      return false;
    }
    left -= units;
    return true;
  };
  const take = async (units: number): Promise<void> => {
    for (const waitMs of waitsMs) {
      if (isTaken(units)) return;
      await clock.wait(waitMs);
    }
    if (!isTaken(units)) throw new Error('The throughput of the partition is exceeded.');
  };
  return { take, refusals };
};
