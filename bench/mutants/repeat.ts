import { type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest';

/** Runs the function of a test once more, between its hooks, as Vitest does; rejects when the test or a hook fails. */
export const repeat = async (test: RunnerTestCase): Promise<void> => {
  const suites = suitesOf(test.suite ?? test.file);
  const cleanups: unknown[] = [];
  try {
    for (const suite of suites) {
      for (const hook of TestRunner.getSuiteHooks(suite).beforeEach) {
        cleanups.push(await hook(test.context, suite));
      }
    }
    await TestRunner.getTestFn(test)();
  } finally {
    for (const suite of suites.toReversed()) {
      for (const hook of TestRunner.getSuiteHooks(suite).afterEach.toReversed()) {
        await hook(test.context, suite);
      }
    }
    for (const cleanup of cleanups.toReversed()) {
      if (typeof cleanup === 'function') await cleanup();
    }
  }
};

/** The outermost first: a file is a suite. */
const suitesOf = (suite: RunnerTestSuite): readonly RunnerTestSuite[] => {
  const outer = suite.suite ?? (suite === suite.file ? undefined : suite.file);
  return outer ? [...suitesOf(outer), suite] : [suite];
};
