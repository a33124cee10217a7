import { expect, it } from 'vitest';
import { placesOf } from '../../shared/flows/places.ts';
import { minute, second, sha256 } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world with two tasks that wait for the only place, which no task was given yet. */
const waiting = async (): Promise<World> => {
  const world = newWorld({ spec: { maxRunning: 1 } });
  for (const id of ['a', 'b']) {
    world.submit(id);
    await world.dispatch();
    await world.pass(second);
  }
  await world.pass(minute);
  return world;
};

it('makes other changes of a limit while RabbitMQ does not answer', async () => {
  const world = await waiting();
  const { limits, ports } = world;
  const silent = { ring: () => new Promise<never>(() => {}) };
  const places = placesOf({ ...ports, limits, broker: silent, sha256 });
  const checkedAt = world.clock.now();
  void places.mend('limit/echo', (limit) => ({ ...limit, checkedAt }), true);
  // This comes into the same write, in which no place was reserved yet.
  const early = await world.settled(places.giveUp('limit/echo', world.row('a')));
  const at = await world.settled(places.giveUp('limit/echo', world.row('a')));
  expect([early, at]).toEqual([undefined, checkedAt]);
  await world.settled(places.leave('limit/echo', world.row('a'), { at: checkedAt, to: 'none' }));
  expect(await limits.read('limit/echo')).toMatchObject({ checkedAt, named: [] });
});

it('rings in a sweep over the circuit of the sweep', async () => {
  const world = await waiting();
  const ring = async () => ({ kind: 'failed', why: 'no answer', silent: 'peer' }) as const;
  Object.assign(world.ports.broker, { ring });
  await world.sweep();
  expect(world.names()).toContain('peer.silent');
});

it('asks the index once when it loses a race for a limit, and waits a moment before it tries again', async () => {
  const world = await waiting();
  const { places } = world.ports;
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
