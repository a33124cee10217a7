import { defineConfig } from 'vitest/config';
import { countReporter } from '../count-reporter.ts';

// A small suite of its own, for the test of its closing lines.
export default defineConfig({
  test: {
    include: ['**/*.check.ts'],
    reporters: [countReporter],
    retry: 1,
    setupFiles: ['../no-process.ts'],
  },
});
