import type { Group } from './batches.ts';
import { eachBy } from './each-by.ts';
import { judgeByImporting } from './judge-by-importing.ts';
import { judgeByRepeating } from './judge-by-repeating.ts';
import { type Judge, startJudge } from './judge-process.ts';
import { newLedger } from './ledger.ts';
import type { Outcome } from './outcome.ts';
import { plantedIn } from './planted.ts';
import type { Learnt } from './request.ts';

/** The files to judge. Paths are absolute. */
export interface Options {
  readonly root: string;
  readonly files: readonly string[];
  /** A group judges what the groups before it did not notice. */
  readonly tests: readonly TestGroup[];
  /** The number of processes. */
  readonly jobs: number;
  readonly print: (line: string) => void;
}

/** Test files, and how long a test of them may compute to be repeated. */
export interface TestGroup {
  readonly files: readonly string[];
  readonly mostMs: number;
}

/**
 * Plants every fault in the files, one at a time, and returns which of them the tests notice. A test file that fails
 * without any fault cannot judge: it is reported and left out.
 */
export const judgeAll = async (options: Options): Promise<readonly Outcome[]> => {
  const { root, files, tests, jobs, print } = options;
  const judges = Array.from({ length: jobs }, () => startJudge(root, files));
  try {
    const groups: Group[] = [];
    for (const { files: group, mostMs } of tests) {
      print(`${group.length} test files run without a fault, to see what each test executes`);
      groups.push({ mostMs, learnt: await learn(judges, group, print) });
    }
    const faults = plantedIn(files).flatMap(({ file, first, mutants }) =>
      mutants.map((mutant, n) => ({ file, mutant, number: first + n })),
    );
    const ledger = newLedger(groups.flatMap(({ learnt }) => learnt));
    print(`${faults.length} faults, ${ledger.left.size} of them in places that tests execute`);
    const stage = { judges, ledger, print };
    await judgeByRepeating(stage, groups);
    await judgeByImporting(stage, groups);
    return faults.map(({ file, mutant, number }): Outcome => {
      const by = ledger.killers.get(number);
      if (by !== undefined) return { file, mutant, verdict: 'killed', by };
      return { file, mutant, verdict: ledger.left.has(number) ? 'survived' : 'noCoverage' };
    });
  } finally {
    for (const judge of judges) judge.close();
  }
};

const learn = async (
  judges: readonly Judge[],
  files: readonly string[],
  print: Options['print'],
): Promise<readonly Learnt[]> => {
  const found = await eachBy(judges, files, async (judge, file) => {
    const { failed, lines } = await judge.ask({ kind: 'learn' }, [file]);
    if (failed === undefined)
      return lines.flatMap((line) => ('learnt' in line ? [line.learnt] : []));
    print(`left out, as it fails without any fault: ${file} (${failed})`);
    return [];
  });
  return found.flat();
};
