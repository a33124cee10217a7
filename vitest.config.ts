import { defineConfig } from 'vitest/config';
import { countReporter } from './test/kit/count-reporter.ts';
import { SlowFirst } from './test/kit/slow-first.ts';

/**
 * Files that start processes wait more than they compute, so three run at once on two cores. They have their own brokers,
 * ports and folders. The machine may be busy with others' work: a test that fails gets a second try, and the closing
 * lines name each test that needed it.
 */
const withProcesses = {
  maxWorkers: 3,
  sequence: { groupOrder: 2 },
  retry: 1,
  globalSetup: ['test/kit/usual-ports-taken.ts'],
};

/**
 * `unit` starts no process, and a set-up file holds it to that. The others do: `process` starts short programs (a tool,
 * set-up, `serverless`), `contract` what the adapters speak to (RabbitMQ, the endpoint), `system` the whole local stack,
 * `security` attacks either, and `chaos` breaks them in the middle of much work (`npm run chaos`, not in `npm test`).
 */
export default defineConfig({
  test: {
    reporters: ['default', countReporter],
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/**/*.process.test.ts',
            'test/system/**',
            'test/chaos/**',
            'test/contract/**',
            'test/security/**',
          ],
          setupFiles: ['test/kit/no-process.ts'],
          // Vitest leaves one core free otherwise, and of two that is half.
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
          // Worlds of the simulator take seconds, and many times as long on a busy machine.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'process',
          include: ['test/**/*.process.test.ts'],
          testTimeout: 60_000,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'security',
          include: ['test/security/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          ...withProcesses,
        },
      },
    ],
  },
});
