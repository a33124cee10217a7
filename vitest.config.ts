import { defineConfig } from 'vitest/config';
import { countReporter } from './test/kit/count-reporter.ts';

/**
 * `unit` runs in parallel, and starts no more than short programs (a tool, set-up, `serverless`); `contract` starts what
 * the adapters speak to (RabbitMQ, the endpoint), `system` the whole local stack, and `security` attacks either: these run
 * one file at a time.
 */
export default defineConfig({
  test: {
    reporters: ['default', countReporter],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', 'test/contract/**', 'test/security/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'security',
          include: ['test/security/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
