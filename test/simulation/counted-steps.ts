import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../kit/root.ts';

/**
 * Sources for `bundleOf` that make a bundle count each fact that its step function is asked about. They export `countSteps`: from then
 * on `count` gets `step RUNNING seen moved` or `step none held ignored` for each. `patched` are sources of the bundle otherwise.
 */
export const countedSteps = async (
  patched: ReadonlyMap<string, string> = new Map(),
): Promise<ReadonlyMap<string, string>> => {
  const textOf = async (file: string): Promise<string> =>
    patched.get(file) ?? (await readFile(join(root, file), 'utf8'));
  return new Map([
    ...patched,
    ['shared/core/uncounted-step.ts', await textOf(step)],
    [step, countingStep],
    [
      functions,
      `${await textOf(functions)}\nexport { countSteps } from '../../shared/core/step.ts';\n`,
    ],
  ]);
};

const step = 'shared/core/step.ts';
const functions = 'test/simulation/functions.ts';

const countingStep = `
import { step as uncounted } from './uncounted-step.ts';

let count: (what: string) => void = () => {};

export const countSteps = (given: typeof count): void => {
  count = given;
};

export const step: typeof uncounted = (task, fact, now) => {
  const answer = uncounted(task, fact, now);
  count(\`step \${task?.phase ?? 'none'} \${fact.kind} \${answer.kind}\`);
  return answer;
};
`;
