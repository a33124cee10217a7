import { type Tally, tallied } from '../coverage.ts';
import type { ReleasePaths } from '../releases.ts';
import { type RestedWorld, slowestOf } from '../slowest.ts';
import { lastSeed, type Search } from './options.ts';
import { type Place, playedBelow } from './place.ts';
import { type PlayedSeed, playSeeds } from './play-seeds.ts';

/** What a search has found so far. */
export interface Found {
  readonly seeds: number;
  readonly failed: readonly PlayedSeed[];
  readonly tally: Tally;
  /** The worlds that came to rest last after their calm, the slowest first. */
  readonly slowest: readonly RestedWorld[];
  /** Every seed from the first one to below this one was played. */
  readonly next: number;
}

/** A search that can be looked at while it goes on. */
export interface RunningSearch {
  readonly found: () => Found;
  /** Resolves when the last seed was played, or the time is over. */
  readonly ended: Promise<void>;
}

/** On a busy machine a seed takes some seconds. */
const mostSeedMs = 120_000;

/** Plays the seeds that the options ask for, from `first` on. `failed` is called at once for each seed that breaks a promise. */
export const startSearch = (
  options: Search,
  {
    paths,
    first,
    before,
    failed,
    signal,
  }: {
    readonly paths: ReleasePaths;
    readonly first: number;
    /** What earlier searches found. */
    readonly before: Pick<Place, 'tally' | 'slowest'>;
    readonly failed: (seed: PlayedSeed) => void;
    readonly signal: AbortSignal;
  },
): RunningSearch => {
  const last = lastOf(options, first);
  const below = playedBelow(first);
  const all: PlayedSeed[] = [];
  let tally: Tally = new Map(before.tally);
  let seeds = 0;
  let slowest = before.slowest ?? [];
  let next = first;
  const played = (seed: PlayedSeed): void => {
    seeds += 1;
    below.add(seed.seed);
    tally = tallied(tally, new Map(seed.tally));
    if (seed.found === undefined) {
      const { restMs, cause } = seed;
      slowest = slowestOf([...slowest, { seed: seed.seed, restMs, cause }]);
      return;
    }
    all.push(seed);
    failed(seed);
  };
  const signals = [signal];
  if (options.minutes !== undefined) signals.push(AbortSignal.timeout(options.minutes * 60_000));
  return {
    found: () => ({ seeds, failed: all, tally, slowest, next: below.next() }),
    ended: playSeeds({
      paths,
      jobs: options.jobs,
      next: () => (next > last ? undefined : next++),
      played,
      mostMs: mostSeedMs,
      signal: AbortSignal.any(signals),
    }),
  };
};

const lastOf = ({ seeds, until }: Search, first: number): number =>
  until ?? Math.min(lastSeed, seeds === undefined ? lastSeed : first + seeds - 1);
