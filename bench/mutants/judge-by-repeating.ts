import { type Batch, batchesOf, type Group, roundsOf } from './batches.ts';
import { eachBy } from './each-by.ts';
import { type Judge, neverEnds } from './judge-process.ts';
import type { Verdict } from './judge-test.ts';
import type { VerdictLine } from './request.ts';
import { type Stage, showProgress } from './stage.ts';

/** Judges by tests that are repeated with one fault after the other: each file is imported once for many faults. */
export const judgeByRepeating = async (stage: Stage, groups: readonly Group[]): Promise<void> => {
  const rounds = roundsOf(groups);
  for (const [n, round] of rounds.entries()) {
    const batches = batchesOf(round, stage.ledger.left);
    const show = showProgress(`round ${n + 1} of ${rounds.length}`, batches.length, stage);
    await eachBy(stage.judges, batches, async (judge, batch) => {
      await judgeBatch(judge, batch, stage);
      show();
    });
  }
};

const judgeBatch = async (judge: Judge, batch: Batch, stage: Stage): Promise<void> => {
  const { left } = stage.ledger;
  let faults = batch.faults.filter((n) => left.has(n));
  while (faults.length > 0) {
    const { done, unfit } = await judgeOnce(judge, { ...batch, faults }, stage);
    if (done) return;
    // A new thread takes what the last one could not judge.
    faults = faults.filter((n) => left.has(n) && !unfit.includes(n));
  }
};

interface Judged {
  readonly done: boolean;
  /** The faults that these tests cannot judge when they are repeated. */
  readonly unfit: readonly number[];
}

const judgeOnce = async (
  judge: Judge,
  { file, tests, faults }: Batch,
  { ledger, print }: Stage,
): Promise<Judged> => {
  const { failed, lines, hung } = await judge.ask({ kind: 'repeat', tests, faults }, [file]);
  for (const line of lines) {
    if ('broken' in line)
      print(`failed without any fault, so that it did not judge: ${line.broken}`);
  }
  const verdicts = lines.flatMap((line) => ('verdict' in line ? [line] : []));
  for (const { verdict, by } of verdicts) {
    if (verdict.kind !== 'doubtful') ledger.kill(verdict.fault, by);
  }
  const unfit = faultsIn('doubtful', verdicts);
  for (const fault of unfit) {
    const { failed: by } = await judge.ask({ kind: 'import', fault, skip: [] }, [file]);
    if (by !== undefined) ledger.kill(fault, by);
  }
  if (hung !== undefined) ledger.kill(hung, neverEnds);
  else if (failed === neverEnds)
    print(`did not end without any fault, so that it did not judge: ${file}`);
  const done = hung === undefined && unfit.length + faultsIn('late', verdicts).length === 0;
  return { done, unfit };
};

const faultsIn = (kind: Verdict['kind'], lines: readonly VerdictLine[]): readonly number[] =>
  lines.flatMap(({ verdict }) => (verdict.kind === kind ? [verdict.fault] : []));
