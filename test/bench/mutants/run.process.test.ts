import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportOf } from '../../../bench/mutants/report.ts';
import { judgeAll } from '../../../bench/mutants/run.ts';

const fixture = join(import.meta.dirname, 'fixture');

test('a fault that the tests notice is killed; one that they do not survives; one that they never run is not covered', async () => {
  const printed: string[] = [];
  const outcomes = await judgeAll({
    root: fixture,
    files: [join(fixture, 'age.ts')],
    tests: [{ files: [join(fixture, 'age.check.ts')], mostMs: 1_000 }],
    jobs: 1,
    print: (line) => void printed.push(line),
  });
  const verdicts = outcomes.map(({ mutant, verdict, by }) => [
    `${mutant.line}: ${mutant.what}`,
    verdict,
    by,
  ]);
  expect(verdicts).toEqual([
    ['1: >= → >', 'killed', 'who may drive'],
    ['1: >= → <', 'killed', 'who may drive'],
    ['1: 18 → 19', 'killed', 'who may drive'],
    ['3: < → <=', 'survived', undefined],
    ['3: < → >=', 'killed', 'who is a child'],
    ['3: 12 → 13', 'survived', undefined],
    ['5: * → /', 'noCoverage', undefined],
    ['5: 2 → 3', 'noCoverage', undefined],
  ]);
  expect(printed.at(-1)).toBe('round 1 of 4, 1 of 1: 4 killed, 2 left');
  expect(reportOf(outcomes, fixture)).toEqual([
    'Survived: the tests run these places and pass all the same.',
    '  age.ts:3  < → <=  in  export const isChild = (age: number): boolean => age < 12;',
    '  age.ts:3  12 → 13  in  export const isChild = (age: number): boolean => age < 12;',
    '',
    'No coverage: no test runs these places.',
    '  age.ts:5  * → /  in  export const discount = (age: number): number => age * 2;',
    '  age.ts:5  2 → 3  in  export const discount = (age: number): number => age * 2;',
    '',
    '4 killed, 2 survived, 2 without coverage',
  ]);
}, 180_000);

test('hooks, imports, endless loops and what a test leaves behind are no reason for a wrong verdict', async () => {
  const outcomes = await judgeAll({
    root: fixture,
    files: [join(fixture, 'tram.ts')],
    tests: [{ files: [join(fixture, 'tram.check.ts')], mostMs: 1_000 }],
    jobs: 1,
    print: () => undefined,
  });
  const verdicts = outcomes.map(
    ({ mutant, verdict }) => `${mutant.line}: ${mutant.what} ${verdict}`,
  );
  expect(verdicts).toEqual([
    '1: member child dropped killed',
    '1: 1 → 2 killed',
    '1: member adult dropped survived',
    '1: 2 → 3 survived',
    '7: 0 → 1 killed',
    '8: > → >= killed',
    '8: > → <= killed',
    '8: 0 → 1 killed',
    '9: statement removed killed',
    '9: - → + killed',
    '9: 1 → 2 killed',
    '10: statement removed killed',
    '10: + → - killed',
    '10: 1 → 2 killed',
    '15: * → / survived',
    '15: 1 → 2 killed',
  ]);
}, 180_000);
