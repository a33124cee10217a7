import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { flushMetrics, meter } from '../shared/metrics.ts';

const written: string[] = [];

beforeEach(() => {
  written.length = 0;
  vi.stubEnv('DAVIT_STAGE', 'test');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('an invocation writes the sums of its counts in one line, and the next one starts at zero', () => {
  meter('TasksCreated');
  meter('TasksCreated', 2);
  meter('SweepLagMs', 1500);
  meter('EffectsLeft', 0);
  flushMetrics();
  flushMetrics();
  expect(written).toHaveLength(1);
  const line = JSON.parse(written[0] ?? '');
  expect(line).toMatchObject({
    stage: 'test',
    service: 'davit',
    TasksCreated: 3,
    SweepLagMs: 1500,
  });
  expect(line).not.toHaveProperty('EffectsLeft');
  expect(line._aws.CloudWatchMetrics[0]).toMatchObject({
    Namespace: 'Davit',
    Dimensions: [['service', 'stage']],
    Metrics: [
      { Name: 'TasksCreated', Unit: 'Count' },
      { Name: 'SweepLagMs', Unit: 'Milliseconds' },
    ],
  });
});
