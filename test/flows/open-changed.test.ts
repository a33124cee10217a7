import { expect, it } from 'vitest';
import { openChanged } from '../../shared/flows/open-changed.ts';
import { second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const paused = async (): Promise<World> => {
  const world = newWorld();
  const live = world.registered('1.0.0');
  world.tools.set('echo', { spec: live.spec, live, paused: 'the disk is full' });
  world.submit('film-1');
  await world.dispatch();
  return world;
};
const change = (world: World, changed: Parameters<typeof openChanged>[1]) =>
  world.settled(openChanged(world.ports, changed));
const rung = (world: World) => world.broker.ready('davit.doorbells').length;

it('what waits for a pause goes on when the pause has ended, without a sweep', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  const before = world.clock.now();
  await change(world, { kind: 'tool', tool: 'echo' });
  expect(rung(world)).toBe(1);
  // Until then dispatch may hold what it has read of the tool for true.
  expect(world.clock.now() - before).toBe(5 * second);
  await world.dispatch();
  expect(world.launched()).toEqual(['film-1/1']);
});

it('an end of the pause of all tools opens for each of them', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  await change(world, { kind: 'all' });
  expect(rung(world)).toBe(1);
});

it('a change that opens nothing, or that is of another tool, rings for nothing and reads no gate of others', async () => {
  const world = await paused();
  await change(world, { kind: 'tool', tool: 'echo' });
  expect(rung(world)).toBe(0);
  world.makeLive('1.0.0');
  const finds = () => world.faults.calls.filter((call) => call === 'tools.find').length;
  const before = finds();
  await change(world, { kind: 'tool', tool: 'other' });
  await change(world, { kind: 'other' });
  expect(rung(world)).toBe(0);
  expect(finds()).toBe(before);
});

it('nothing is looked at when the time of the function is over', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  await world.settled(openChanged(world.ports, { kind: 'all' }, AbortSignal.abort()));
  expect(rung(world)).toBe(0);
});
