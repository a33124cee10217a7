import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends every run with the one line that CI counts: `N passed, N failed`, and `, N skipped` where any were. A file that
 * cannot be loaded counts as a failure.
 */
export const countReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const states = modules.flatMap(statesOf);
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    const skipped = count('skipped');
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = count('failed') + broken + unhandledErrors.length;
    const line = `${count('passed')} passed, ${failed} failed`;
    // The default reporter prints its summary in the same turn: ours must come after it.
    setImmediate(() =>
      process.stdout.write(skipped === 0 ? `${line}\n` : `${line}, ${skipped} skipped\n`),
    );
  },
};

const statesOf = (module: TestModule): string[] =>
  [...module.children.allTests()].map((test) => test.result().state);
