import { expect, it } from 'vitest';
import { simulateLimit } from '../../../bench/limits/simulate.ts';

const load = {
  maxRunning: 10,
  runMs: 1_000,
  tasksPerSecond: 10,
  seconds: 5,
  tenants: 3,
  waiting: 10,
  messages: 100,
  events: 10,
  settles: 5,
  launchesPerSecond: 20,
};

it('measures a full limit: some tasks wait, all places are used, and each task costs a few writes, the same each time', async () => {
  const outcome = await simulateLimit(load);
  expect(outcome.mostAtOnce).toBe(load.maxRunning);
  expect(outcome.waitingAtEnd).toBeGreaterThan(0);
  expect(outcome.launchedASecond).toBeGreaterThan(4);
  // One write that frees a place and hands it on, one that replaces the name by the digest, and the races.
  expect(outcome.writesATask - outcome.lostRacesATask).toBeGreaterThan(1);
  expect(outcome.writesATask).toBeLessThan(5);
  expect(outcome.largestItemBytes).toBeGreaterThan(300);
  expect(await simulateLimit(load)).toEqual(outcome);
});

it('measures the limit of a stage that several tools share', async () => {
  const stage = { ...load, seconds: 3, stageTools: 4 };
  const outcome = await simulateLimit(stage);
  expect(outcome.mostAtOnce).toBe(load.maxRunning);
  expect(outcome.waitingAtEnd).toBeGreaterThan(0);
  expect(outcome.launchedASecond).toBeGreaterThan(4);
});
