import { describe, expect, it } from 'vitest';
import { isEnded } from '../../shared/core/task.ts';
import { minute, noCapacity, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const notInTime = 'Timeout waiting for network interface provisioning to complete.';

/** A cluster in which no container starts. */
const spoilt = (): World =>
  newWorld({
    runtime: ({ kind, taskArn }) =>
      kind === 'start' ? { kind: 'notStarted', taskArn, reason: notInTime } : undefined,
  });

/** A launch, and the events of ECS about it. */
const tried = async (world: World): Promise<void> => {
  await world.dispatch();
  await world.pass(second);
  await world.settle();
};

describe('a start that fails on the platform', () => {
  it('is tried again in ten seconds, on the same placement, without spending an attempt', async () => {
    const world = spoilt();
    world.submit('film-1');
    await tried(world);
    const row = world.row('film-1');
    expect(row).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 0, reclaims: 0 });
    expect(row).toMatchObject({ notBefore: row.updatedAt + 10 * second });
    expect(row).not.toHaveProperty('hold');
    await world.pass(10 * second);
    await world.sweep();
    await tried(world);
    expect(world.row('film-1').runs).toMatchObject([
      { verdict: 'platform', placement: 'cpu-spot' },
      { verdict: 'platform', placement: 'cpu-spot' },
    ]);
  });

  it('stays on the placement to which a refusal had moved it', async () => {
    const world = spoilt();
    const reason = noCapacity;
    world.runs.setAvailability('FARGATE_SPOT', { is: 'closed', reason, seen: 'at once' });
    world.submit('film-1');
    await tried(world);
    for (const wait of [30 * second, 10 * second]) {
      await world.pass(wait);
      await world.sweep();
      await tried(world);
    }
    expect(world.row('film-1').runs).toMatchObject([
      { verdict: 'capacity', placement: 'cpu-spot' },
      { verdict: 'platform', placement: 'cpu' },
      { verdict: 'platform', placement: 'cpu' },
    ]);
  });

  it('every time ends the task with startWithin, after some hundred starts, with ECS’s reason', async () => {
    const world = spoilt();
    world.submit('film-1');
    await tried(world);
    while (!isEnded(world.row('film-1'))) {
      await world.pass(minute);
      await world.sweep();
      await tried(world);
    }
    const row = world.row('film-1');
    expect(row).toMatchObject({ phase: 'FAILED', outcome: 'notStarted', attempts: 0 });
    expect(row).toMatchObject({
      reason: expect.stringMatching(/within 24 h: .*network interface/),
    });
    expect(world.launched().length).toBeGreaterThan(100);
    // A wait of 10 s that doubles to 5 min, for 24 hours.
    expect(world.launched().length).toBeLessThan(300);
  }, 60_000);
});
