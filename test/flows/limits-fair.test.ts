import { expect, test } from 'vitest';
import { minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const most = 10;
const lights = 40;

/** A world whose runs last a minute each. `passSeconds` lets its functions work each second. */
const openWorld = () => {
  const world = newWorld({ spec: { maxRunning: most, placements: ['cpu'] } });
  const startedAt = new Map<string, number>();
  let mostLiving = 0;

  const endRuns = (): void => {
    for (const [arn, at] of startedAt)
      if (world.clock.now() === at + minute) world.runs.exit(arn, 0);
  };
  const passSeconds = async (seconds: number): Promise<void> => {
    for (let s = 0; s < seconds; s += 1) {
      endRuns();
      await world.pass(second);
      const living = world.runs.living();
      mostLiving = Math.max(mostLiving, living.length);
      for (const { arn } of living) if (!startedAt.has(arn)) startedAt.set(arn, world.clock.now());
      await world.settle();
      await world.dispatch();
    }
  };
  return { world, passSeconds, mostLiving: () => mostLiving };
};

/** How long a task of the tenant `light` waits until it is launched. */
const waitOf = async (
  { world, passSeconds }: { world: World; passSeconds: (seconds: number) => Promise<void> },
  taskId: string,
): Promise<number> => {
  const publishedAt = world.clock.now();
  world.submit(taskId, { tenant: 'light' });
  await world.dispatch();
  while ((await world.tasks.read(taskId))?.phase === 'QUEUED') await passSeconds(1);
  return world.clock.now() - publishedAt;
};

test('a tenant with ten thousand tasks delays another one only until the next place is free', async () => {
  const opened = openWorld();
  const { world, passSeconds, mostLiving } = opened;
  world.submit('first', { tenant: 'flood' });
  await world.dispatch();
  await world.pass(minute);
  await world.sweep();
  // The places are taken one after the other, so that one of them is freed about every six seconds.
  for (let n = 0; n < most; n += 1) {
    world.submit(`early-${n}`, { tenant: 'flood' });
    await passSeconds(6);
  }
  for (let n = 0; n < 10_000; n += 1) world.submit(`flood-${n}`, { tenant: 'flood' });
  await passSeconds(12);
  const waits: number[] = [];
  for (let n = 0; n < lights; n += 1) {
    waits.push(await waitOf(opened, `light-${n}`));
    await passSeconds(25);
  }
  expect(mostLiving()).toBe(most);
  const p95 = waits.toSorted((a, b) => a - b)[Math.ceil(0.95 * lights) - 1];
  // A place is taken for a minute, and for about ten seconds in which ECS starts the container. The functions look each second.
  expect(p95).toBeLessThanOrEqual((minute + 10 * second) / most + 2 * second);
}, 480_000);
