import type { Reporter, TestModule } from 'vitest/node';

const statesOf = (module: TestModule): string[] =>
  [...module.children.allTests()].map((test) => test.result().state);

/** Ends every run with the one line that CI counts: `N passed, N failed`. A file that cannot be loaded counts as a failure. */
export const countReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const states = modules.flatMap(statesOf);
    const passed = states.filter((state) => state === 'passed').length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = states.filter((state) => state === 'failed').length + broken;
    // The default reporter prints its summary in the same turn: ours must come after it.
    setImmediate(() =>
      process.stdout.write(`${passed} passed, ${failed + unhandledErrors.length} failed\n`),
    );
  },
};
