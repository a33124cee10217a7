import { readFile, writeFile } from 'node:fs/promises';
import {
  type Counted,
  goneIn,
  goneSentence,
  shareReached,
  shortIn,
  shortSentence,
} from '../coverage.ts';
import { exceptionsIn, seedsIn, tallyIn, withTable } from '../coverage-table.ts';
import { loadReleases, type ReleasePaths } from '../releases.ts';
import { slowestTable, withSlowest } from '../slowest.ts';
import { lastSeed, type Search } from './options.ts';
import { type Place, readPlace, savePlace } from './place.ts';
import type { PlayedSeed } from './play-seeds.ts';
import { numberText, type Progress, progressLine, rateOf } from './progress.ts';
import { explain, type Print } from './replay.ts';
import { type Found, startSearch } from './search.ts';

/** Where a search reads and writes. */
export interface SearchPaths {
  readonly releases: ReleasePaths;
  /** The file that keeps the place of `--until`. */
  readonly place: string;
  /** The page with the coverage. */
  readonly page: string;
}

const progressMs = 5_000;
const mostShortShown = 12;

/** Searches, prints what is found, and ends with a summary; also when the signal aborts. Answers whether all promises were kept, and nothing of the page's table is out of reach. */
export const runSearch = async (
  options: Search,
  {
    paths,
    print,
    signal,
  }: { readonly paths: SearchPaths; readonly print: Print; readonly signal: AbortSignal },
): Promise<boolean> => {
  const earlier = options.until === undefined ? undefined : await readPlace(paths.place);
  const first = earlier?.next ?? options.from ?? Math.floor((Math.random() * lastSeed) / 2);
  const before = await readFile(paths.page, 'utf8');
  const exceptions = exceptionsIn(before);
  const isArgued = (cell: string): boolean => exceptions.some(({ holds }) => holds(cell));
  const startedAt = performance.now();
  print(
    `Seeds from ${first} on, on ${options.jobs} ${options.jobs === 1 ? 'core' : 'cores'}. Ctrl-C ends it.`,
  );

  const search = startSearch(options, {
    paths: paths.releases,
    first,
    before: earlier ?? { tally: [] },
    failed: (seed) => print(failureLine(seed)),
    signal,
  });
  const progress = (): Progress => {
    const { seeds, failed, tally } = search.found();
    return {
      elapsedMs: performance.now() - startedAt,
      jobs: options.jobs,
      seeds,
      violations: failed.length,
      reached: shareReached(tally, isArgued),
    };
  };
  const save = async (): Promise<void> => {
    if (earlier !== undefined) await savePlace(paths.place, placeOf(search.found(), earlier));
  };
  let saved = save();
  const timer = setInterval(() => {
    print(progressLine(progress()));
    saved = saved.then(save);
  }, progressMs);
  try {
    await search.ended;
  } finally {
    clearInterval(timer);
    await saved;
    await save();
  }

  const found = search.found();
  const seeds = found.seeds + (earlier === undefined ? 0 : earlier.next - 1);
  const short = shortIn({ tally: found.tally, seeds }, isArgued);
  const gone = goneSentences({ tally: found.tally, seeds }, before);
  for (const line of [...summaryOf(found, progress(), short), ...gone]) print(line);
  if (options.isReported && !signal.aborted) {
    const page = withTable(await readFile(paths.page, 'utf8'), found.tally, seeds);
    await writeFile(paths.page, withSlowest(page, found.slowest));
    print(`The coverage is in ${paths.page}.`);
  }
  if (options.isKept && !signal.aborted) await keepFailed(found.failed, paths.releases, print);
  return found.failed.length === 0 && gone.length === 0;
};

const placeOf = ({ next, failed, tally, slowest }: Found, earlier: Place): Place => ({
  next,
  violations: earlier.violations + failed.length,
  tally: [...tally],
  slowest,
});

/** What the worlds of the page's table did, and these never. */
const goneSentences = (found: Counted, page: string): readonly string[] => {
  const sentence = goneSentence(goneIn(found, { tally: tallyIn(page), seeds: seedsIn(page) }));
  return sentence === undefined ? [] : [sentence];
};

const failureLine = ({ seed, found }: PlayedSeed): string =>
  `Seed ${seed} broke a promise, ${found?.promise}: ${found?.what}`;

const summaryOf = (
  { failed, slowest, next, tally }: Found,
  progress: Progress,
  short: readonly string[],
): readonly string[] => {
  const { elapsedMs, seeds } = progress;
  const promises = Map.groupBy(failed, ({ found }) => found?.promise ?? '');
  return [
    '',
    `${numberText(seeds)} seeds in ${(elapsedMs / 60_000).toFixed(1)} minutes, ${rateOf(progress).toFixed(1)} a second and core. The next one is ${next}.`,
    `What the ${slowest.length} worlds waited for that came to rest last after they had calmed down:`,
    ...slowestTable(slowest),
    shortSentence(tally, short, mostShortShown) ??
      'Every cell of the coverage was reached often enough.',
    failed.length === 0
      ? 'No promise was broken.'
      : `${failed.length} ${failed.length === 1 ? 'seed' : 'seeds'} broke a promise:`,
    ...[...promises].map(
      ([promise, all]) =>
        `  ${promise}: ${all.length} (npm run simulate -- --seed ${all[0]?.seed} --story)`,
    ),
  ];
};

/** Stores the first failing seed of each promise, made small. */
const keepFailed = async (
  failed: readonly PlayedSeed[],
  paths: ReleasePaths,
  print: Print,
): Promise<void> => {
  const releases = await loadReleases(paths);
  for (const [promise, [first]] of Map.groupBy(failed, ({ found }) => found?.promise ?? '')) {
    if (first === undefined) continue;
    print(`\nSeed ${first.seed}, ${promise}:`);
    await explain(first.seed, { releases, isKept: true, print });
  }
};
