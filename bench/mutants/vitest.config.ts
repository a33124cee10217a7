import { defineConfig } from 'vitest/config';
import { plantedIn } from './planted.ts';

// Of a judge (`judge.ts`): the suite's own tests, over sources with all faults in them, each asleep.

const planted = plantedIn(JSON.parse(process.env.MUTANT_FILES ?? '[]'));

export default defineConfig({
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      // A test that checks thousands of cases checks as many as the others: it runs once for each fault.
      transform: (code, id) =>
        planted.find(({ file }) => file === id)?.switched ??
        code.replace(/\bnumRuns: [\d_]+\b(?!, seed)/g, 'numRuns: 25'),
    },
  ],
});
