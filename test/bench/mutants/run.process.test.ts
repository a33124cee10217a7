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
    tests: [join(fixture, 'age.check.ts')],
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
  expect(printed.at(-1)).toBe('8 of 8: 4 killed, 2 survived, 2 without coverage; about 0 min left');
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
