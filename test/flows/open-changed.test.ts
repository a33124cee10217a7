import { expect, it } from 'vitest';
import { openChanged } from '../../shared/flows/open-changed.ts';
import { sweepOrOpen } from '../../shared/flows/sweep-or-open.ts';
import { second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const paused = async (tasks = 1): Promise<World> => {
  const world = newWorld();
  const live = world.registered('1.0.0');
  world.tools.set('echo', { spec: live.spec, live, paused: 'the disk is full' });
  for (let at = 1; at <= tasks; at += 1) {
    world.submit(`film-${at}`);
    // A batch of the trigger has a hundred.
    if (at % 100 === 0 || at === tasks) await world.dispatch();
  }
  return world;
};
const change = (world: World, changed: Parameters<typeof openChanged>[1]) =>
  world.settled(openChanged(world.ports, changed));
const echo = { kind: 'tool', tool: 'echo' } as const;
const rung = (world: World) => world.broker.ready('davit.doorbells').length;
const calls = (world: World, name: string) =>
  world.faults.calls.filter((call) => call === name).length;

it('what waits for a pause goes on when the pause has ended, without a sweep', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  const before = world.clock.now();
  await change(world, echo);
  expect(rung(world)).toBe(1);
  // Until then dispatch may hold what it has read of the tool for true.
  expect(world.clock.now() - before).toBe(5 * second);
  await world.dispatch();
  expect(world.launched()).toEqual(['film-1/1']);
});

it('what waits for a version goes on when that becomes live', async () => {
  const world = newWorld();
  world.submit('film-1', { version: '2.0.0' });
  await world.dispatch();
  world.tools.register(world.registered('2.0.0'));
  world.makeLive('2.0.0');
  await change(world, echo);
  expect(rung(world)).toBe(1);
});

it('an end of the pause of all tools opens for each of them', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  await change(world, { kind: 'all' });
  expect(rung(world)).toBe(1);
});

it.each([echo, { kind: 'all' } as const])(
  'a change of %j rings for a hundred tasks at most, and the next sweep for the others',
  async (changed) => {
    const world = await paused(150);
    world.makeLive('1.0.0');
    await change(world, changed);
    expect(rung(world)).toBe(100);
    await world.sweep();
    expect(rung(world)).toBe(150);
  },
);

it('a change that opens nothing rings for nothing', async () => {
  const world = await paused();
  await change(world, echo);
  expect(rung(world)).toBe(0);
});

it('a change of another tool ends at once, and reads no gate of others', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  const before = world.clock.now();
  await change(world, { kind: 'tool', tool: 'other' });
  await change(world, { kind: 'other' });
  expect(rung(world)).toBe(0);
  expect(world.clock.now()).toBe(before);
  expect(calls(world, 'gates.due')).toBe(0);
  expect(calls(world, 'gates.named')).toBe(1);
});

it('the gates of a tool are found behind hundreds of other gates', async () => {
  const world = newWorld();
  for (let at = 0; at < 210; at += 1) await world.gates.touch(`tool/other-${at}`);
  const live = world.registered('1.0.0');
  world.tools.set('echo', { spec: live.spec, live, paused: 'the disk is full' });
  await world.pass(second);
  world.submit('film-1');
  await world.dispatch();
  world.makeLive('1.0.0');
  await change(world, echo);
  expect(rung(world)).toBe(1);
});

it('nothing is looked at when the time of the function is over', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  await world.settled(openChanged(world.ports, { kind: 'all' }, AbortSignal.abort()));
  expect(rung(world)).toBe(0);
});

it('the function sweeps when no parameter has changed, and only then', async () => {
  const world = await paused();
  world.makeLive('1.0.0');
  await world.settled(sweepOrOpen(world.ports, echo));
  expect(rung(world)).toBe(1);
  expect(calls(world, 'tasks.due')).toBe(0);
  await world.settled(sweepOrOpen(world.ports, undefined));
  expect(calls(world, 'tasks.due')).toBeGreaterThan(0);
});
