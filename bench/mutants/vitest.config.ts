import { defineConfig } from 'vitest/config';
import { plantedIn } from './planted.ts';

// Of a judge (`judge.ts`): the suite's own tests, over sources with all faults in them, each inactive.

const planted = plantedIn(JSON.parse(process.env.MUTANT_FILES ?? '[]'));

export default defineConfig({
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      // A test with thousands of cases checks as few as the other tests: it runs once for each fault.
      transform: (code, id) =>
        planted.find(({ file }) => file === id)?.switched ??
        code.replace(/\bnumRuns: [\d_]+\b(?!, seed)/g, 'numRuns: 25'),
    },
  ],
});
