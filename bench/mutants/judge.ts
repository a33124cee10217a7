import { fileURLToPath } from 'node:url';
import { createVitest, type Vitest } from 'vitest/node';

// The program of a judge: a process that keeps sources and tests compiled, and runs test files, each in a new thread, as
// often as it is asked to. Requests and answers go over its channel; what to do with the tests is in a file (`request.ts`).

/** A request to a judge. */
export interface Question {
  /** Test files, in the order in which they run. */
  readonly tests: readonly string[];
}

/** The first test that failed; absent when all passed. */
export interface Answer {
  readonly failed?: string;
}

const { MUTANT_ROOT: root = '' } = process.env;

const open = async (): Promise<Vitest> => {
  const vitest = await createVitest({
    root,
    config: fileURLToPath(new URL('vitest.config.ts', import.meta.url)),
    watch: false,
    include: ['**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('hits.ts', import.meta.url))],
    pool: 'threads',
    maxWorkers: 1,
    fileParallelism: false,
    bail: 1,
    testTimeout: 120_000,
    // The hook after a test judges hundreds of faults. A thread that hangs is noticed from outside.
    hookTimeout: 0,
    reporters: [{}],
    // A cache would return results that were compiled for other faults: the faults are not in its keys.
    fsModuleCache: false,
  });
  await vitest.standalone();
  return vitest;
};

const opened = open();

const answerTo = async ({ tests }: Question): Promise<Answer> => {
  const vitest = await opened;
  const project = vitest.getRootProject();
  for (const test of tests) {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([
      project.createSpecification(test),
    ]);
    // Among them are those of earlier requests.
    for (const module of testModules.filter(({ moduleId }) => moduleId === test)) {
      for (const failed of module.children.allTests('failed')) return { failed: failed.fullName };
      const [error] = module.errors();
      if (error) return { failed: error.message };
    }
    if (unhandledErrors.length > 0) return { failed: 'an error outside of the tests' };
  }
  return {};
};

process.on('message', (question: Question) => {
  answerTo(question).then(
    (answer) => process.send?.(answer),
    (cause: unknown) => {
      console.error(cause);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
