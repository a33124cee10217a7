import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Outcome } from './outcome.ts';

/** The lines of a report: every fault that no test noticed, with its place and its line of the source, and the sums. */
export const reportOf = (outcomes: readonly Outcome[], root: string): readonly string[] => {
  const of = (verdict: Outcome['verdict']): readonly Outcome[] =>
    outcomes.filter((outcome) => outcome.verdict === verdict);
  const [killed, survived, uncovered] = [of('killed'), of('survived'), of('noCoverage')];
  return [
    ...section('Survived: the tests run these places and pass all the same.', survived, root),
    ...section('No coverage: no test runs these places.', uncovered, root),
    `${killed.length} killed, ${survived.length} survived, ${uncovered.length} without coverage`,
  ];
};

const section = (title: string, outcomes: readonly Outcome[], root: string): readonly string[] =>
  outcomes.length === 0
    ? []
    : [title, ...outcomes.map((outcome) => `  ${lineOf(outcome, root)}`), ''];

/** The place of a fault, what it changes, and its line of the source. */
const lineOf = ({ file, mutant }: Outcome, root: string): string => {
  const line = readFileSync(file, 'utf8').split('\n')[mutant.line - 1]?.trim() ?? '';
  return `${relative(root, file)}:${mutant.line}  ${mutant.what}  in  ${line}`;
};
