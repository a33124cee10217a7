import { type Judge, type Learnt, startJudge } from './judge-process.ts';
import type { Outcome } from './outcome.ts';
import { plantedIn } from './planted.ts';
import { lineOf } from './report.ts';

/** The files to judge. Paths are absolute. */
export interface Options {
  readonly root: string;
  readonly files: readonly string[];
  /** Test files; of those that execute the place of a fault, the quickest runs first. */
  readonly tests: readonly string[];
  /** The number of processes. */
  readonly jobs: number;
  readonly print: (line: string) => void;
}

/**
 * Plants every fault in the files, one at a time, and returns which of them the tests notice. A test file that fails
 * without any fault cannot judge: it is reported and left out.
 */
export const judgeAll = async (options: Options): Promise<readonly Outcome[]> => {
  const { root, files, tests, jobs, print } = options;
  const judges = Array.from({ length: jobs }, () => startJudge(root, files));
  try {
    print(`${tests.length} test files run without a fault, to see which places each one runs`);
    const trusted: string[] = [];
    await eachBy(judges, tests, async (judge, file) => {
      const failed = await judge.ask({ awake: -1, tests: [file] });
      if (failed === undefined) trusted.push(file);
      else print(`left out, as it fails without any fault: ${file} (${failed})`);
    });
    const usable = tests.filter((file) => trusted.includes(file));
    const learnt = judges.flatMap((judge) => judge.learnt());
    const faults = plantedIn(files).flatMap(({ file, first, mutants }) =>
      mutants.map((mutant, n) => ({ file, mutant, number: first + n })),
    );
    const show = showProgress(faults.length, root, print);
    return await eachBy(judges, faults, async (judge, { file, mutant, number }) => {
      const judged = await judgeOne(judge, number, coveringTests(learnt, usable, number));
      const outcome = { file, mutant, ...judged };
      show(outcome);
      return outcome;
    });
  } finally {
    for (const judge of judges) judge.close();
  }
};

const judgeOne = async (
  judge: Judge,
  number: number,
  covering: readonly string[],
): Promise<Pick<Outcome, 'verdict' | 'by'>> => {
  if (covering.length === 0) return { verdict: 'noCoverage' };
  const by = await judge.ask({ awake: number, tests: covering });
  return by === undefined ? { verdict: 'survived' } : { verdict: 'killed', by };
};

/** The quick ones first: most faults are noticed by several. */
const coveringTests = (
  learnt: readonly Learnt[],
  tests: readonly string[],
  number: number,
): readonly string[] =>
  learnt
    .filter(({ file, hits }) => hits.includes(number) && tests.includes(file))
    .toSorted((a, b) => a.ms - b.ms)
    .map(({ file }) => file);

/** Each worker takes the next item as soon as it is free. The answers are in the order of the items. */
const eachBy = async <Worker, Item, Result>(
  workers: readonly Worker[],
  items: readonly Item[],
  work: (worker: Worker, item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const queue = items.entries();
  await Promise.all(
    workers.map(async (worker) => {
      for (const [index, item] of queue) results[index] = await work(worker, item);
    }),
  );
  return results;
};

const everyMs = 10_000;

/** A run takes long and may be stopped, so it shows each result at once. */
const showProgress = (total: number, root: string, print: (line: string) => void) => {
  const counts = { killed: 0, survived: 0, noCoverage: 0 };
  const startedAt = Date.now();
  let printedAt = startedAt;
  return (outcome: Outcome): void => {
    counts[outcome.verdict] += 1;
    if (outcome.verdict !== 'killed') print(`${outcome.verdict}: ${lineOf(outcome, root)}`);
    const done = counts.killed + counts.survived + counts.noCoverage;
    const now = Date.now();
    if (now - printedAt < everyMs && done < total) return;
    printedAt = now;
    const leftMinutes = Math.ceil((((now - startedAt) / done) * (total - done)) / 60_000);
    print(
      `${done} of ${total}: ${counts.killed} killed, ${counts.survived} survived, ${counts.noCoverage} without coverage; about ${leftMinutes} min left`,
    );
  };
};
