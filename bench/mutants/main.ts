import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { errorMessage } from '../../shared/core/error-message.ts';
import { numberGiven } from '../numbers.ts';
import { reportOf } from './report.ts';
import { judgeAll, type TestGroup } from './run.ts';

/**
 * `npm run mutants`: plants small faults in shared/core, one at a time, and lists those that no test of the core and of the
 * flows notices. `npm run mutants -- shared/core/due.ts` judges a part. No check depends on it: the list is for reading,
 * and `docs/mutants.md` argues it.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));

const found = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root })
    .sort()
    .map((file) => resolve(root, file));

const filesGiven = (given: readonly string[]): readonly string[] => {
  const all = found('shared/core/**/*.ts');
  if (given.length === 0) return all;
  const files = given.map((file) => resolve(process.env.INIT_CWD ?? '.', file));
  const unknown = files.find((file) => !all.includes(file));
  if (unknown === undefined) return files;
  throw new Error(`Expected files of shared/core, but ${unknown} came.`);
};

/**
 * A long test seldom notices what the short ones do not, and would be repeated hundreds of times. The tests of the flows
 * take longer, and each of them executes most of the core.
 */
const groupsOf = (isWithLongTests: boolean): readonly TestGroup[] => [
  {
    files: [...found('test/core/**/*.test.ts'), ...found('test/docs/states.test.ts')],
    mostMs: isWithLongTests ? Infinity : 500,
  },
  { files: found('test/flows/**/*.test.ts'), mostMs: isWithLongTests ? Infinity : 20 },
];

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      jobs: { type: 'string', default: String(availableParallelism()) },
      'long-tests': { type: 'boolean', default: false },
    },
  });
  const files = filesGiven(positionals);
  const startedAt = performance.now();
  const outcomes = await judgeAll({
    root,
    files,
    tests: groupsOf(values['long-tests']),
    jobs: Math.trunc(numberGiven('--jobs', values.jobs, 64)),
    print: (line) => process.stderr.write(`${line}\n`),
  });
  const minutes = Math.ceil((performance.now() - startedAt) / 60_000);
  for (const line of [...reportOf(outcomes, root), `${minutes} minutes`]) {
    process.stdout.write(`${line}\n`);
  }
};

main().then(
  () => process.exit(0),
  (cause: unknown) => {
    process.stderr.write(`${errorMessage(cause)}\n`);
    process.exit(1);
  },
);
