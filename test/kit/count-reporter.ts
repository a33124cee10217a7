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

const lineOf = (word: string, test: TestCase): string => {
  const [line = ''] = test.result().errors?.at(0)?.message?.split('\n') ?? [];
  const first = line.length > mostLetters ? `${line.slice(0, mostLetters)}…` : line;
  return `${word}: ${test.module.relativeModuleId} > ${test.fullName}${first === '' ? '' : `: ${first}`}`;
};
