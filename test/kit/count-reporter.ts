import { stripVTControlCharacters } from 'node:util';
import type { TestError } from 'vitest';
import type { Reporter, TestCase } from 'vitest/node';

/**
 * Ends every run with the facts that a long log hides: the tests that failed, those that passed only at a second try, and, as
 * the last line, the counts for CI: `N passed, N failed`, and `, N skipped` if any were. A file that cannot be loaded counts
 * as a failure.
 */
export const countReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (wanted: string): number =>
      tests.filter((test) => test.result().state === wanted).length;
    const broken = modules.filter((module) => module.errors().length > 0);
    const failed = count('failed') + broken.length + unhandledErrors.length;
    const skipped = count('skipped');
    const lines = [
      ...broken.map((module) => `failed: ${module.relativeModuleId} could not be loaded`),
      ...tests
        .filter((test) => test.result().state === 'failed')
        .map((test) => lineOf('failed', test)),
      ...tests.filter((test) => test.diagnostic()?.flaky).map((test) => lineOf('second try', test)),
      `${count('passed')} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`,
    ];
    // The default reporter prints its summary in the same turn: ours must come after it.
    setImmediate(() => process.stdout.write(`${lines.join('\n')}\n`));
  },
};

// An error may quote whole rows.
const mostLetters = 300;
const mostDifferences = 10;

const lineOf = (word: string, test: TestCase): string =>
  `${word}: ${test.module.relativeModuleId} > ${test.fullName}${triesOf(test)}`;

// Each try that failed has its error. A second try often fails as the first one did.
const triesOf = (test: TestCase): string => {
  const tries = new Set((test.result().errors ?? []).map(wordsOf));
  return tries.size === 0 ? '' : `: ${[...tries].join(' | then: ')}`;
};

const wordsOf = ({ message = '', diff = '' }: TestError): string => {
  const [first = ''] = message.split('\n');
  // A message such as "expected { …(12) } to match object" does not say which of the 12 differs.
  const differences = stripVTControlCharacters(diff)
    .split('\n')
    .filter((line) => /^[-+] {2,}/.test(line))
    .map((line) => line.replace(/^(.) +/, '$1 ').replace(/,$/, ''));
  return [first, ...differences.slice(0, mostDifferences)].map(shortened).join('; ');
};

const shortened = (line: string): string =>
  line.length > mostLetters ? `${line.slice(0, mostLetters)}…` : line;
