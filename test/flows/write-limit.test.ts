import { expect, it } from 'vitest';
import { minute, second } from '../kit/facts.ts';
import { newWorld } from '../kit/world.ts';

it('asks the index once when it loses a race for a limit, and waits a moment before it tries again', async () => {
  const world = newWorld({ spec: { maxRunning: 1 } });
  for (const id of ['a', 'b']) {
    world.submit(id);
    await world.dispatch();
    await world.pass(second);
  }
  await world.pass(minute);
  const { places, tasks } = world.ports;
  const a = await tasks.read('a');
  if (!a) throw new Error('there is no row');
  let losses = 0;
  const before = world.faults.calls.length;
  const begunAt = world.clock.now();
  const { save } = world.limits;
  Object.assign(world.limits, {
    save: (...args: Parameters<typeof save>) => {
      losses += 1;
      return losses <= 5 ? Promise.resolve(false) : save(...args);
    },
  });
  const opened = await world.settled(
    places.mend('limit/echo', (limit) => ({ ...limit, checkedAt: begunAt }), true),
  );
  expect(losses).toBe(6);
  expect(opened?.named).toMatchObject([{ taskId: 'a', state: 'reserved' }]);
  // One tenant waits: the question after it has no answer.
  const calls = world.faults.calls.slice(before);
  expect(calls.filter((call) => call === 'limits.waiting')).toHaveLength(2);
  expect(world.clock.now()).toBeGreaterThan(begunAt + 5);
  expect(world.clock.now()).toBeLessThan(begunAt + second);
});
