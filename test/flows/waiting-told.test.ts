import { describe, expect, it } from 'vitest';
import { minute, second } from '../kit/facts.ts';
import { isAnyReady, newWorld, type World } from '../kit/world.ts';

const pause = (world: World, why = 'the disk is full') => {
  const live = world.registered('1.0.0');
  world.tools.set('echo', { spec: live.spec, live, paused: why });
};
const withoutLive = (world: World) => {
  const { spec } = world.registered('1.0.0');
  world.tools.set('echo', { spec });
};
/** The causes that were told to the publisher. */
const told = (world: World) =>
  world.broker
    .ready('reply.web')
    .map(({ body }) => JSON.parse(Buffer.from(body, 'base64').toString()))
    .flatMap(({ type, data }) => (type === 'davit.task.waiting' ? [data.cause] : []));
/** The sequences of all events to the publisher. */
const sequences = (world: World): readonly number[] =>
  world.broker
    .ready('reply.web')
    .map(({ body }) => JSON.parse(Buffer.from(body, 'base64').toString()).sequence);
const ringAndAsk = async (world: World) => {
  await world.pass(minute);
  await world.sweep();
  while (isAnyReady(world)) await world.dispatch();
};

describe('why a task waits', () => {
  it('is told at once with its row, and the outbox is empty then', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    expect(told(world)).toEqual(['paused']);
    expect(world.row('film-1')).toMatchObject({
      outbox: [],
      waitingNotice: { cause: 'paused', times: 1 },
    });
  });

  it('is not told again while the cause is the same, and is when it is another one', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    await ringAndAsk(world);
    pause(world, 'it is still full');
    await ringAndAsk(world);
    expect(told(world)).toEqual(['paused']);
    withoutLive(world);
    await world.pass(10 * minute);
    await ringAndAsk(world);
    expect(world.row('film-1')).toMatchObject({ hold: { cause: 'noLiveVersion' } });
    expect(told(world)).toEqual(['paused', 'noLiveVersion']);
  });

  it('is told by the sweep where RabbitMQ could not be reached', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    world.broker.disconnect('connection refused');
    await world.dispatch();
    expect(world.row('film-1').outbox).toHaveLength(2);
    world.broker.reconnect();
    await world.pass(2 * minute);
    await world.sweep();
    expect(told(world)).toEqual(['paused']);
    expect(world.row('film-1').outbox).toEqual([]);
  });

  it('is told later where it changes too soon', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    withoutLive(world);
    await world.pass(10 * second);
    await world.sweep();
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ hold: { cause: 'noLiveVersion' } });
    expect(told(world)).toEqual(['paused']);
    await world.pass(2 * minute);
    // Any later write of the row: readers leave out what is older than the last event.
    const revision = world.row('film-1').revision + 1;
    world.tasks.put({ ...world.row('film-1'), revision });
    await world.sweep();
    expect(told(world)).toEqual(['paused', 'noLiveVersion']);
    expect(sequences(world).at(-1)).toBe(revision);
  });

  it('is known by its number as older than the next cause, where it is sent after that one', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    withoutLive(world);
    await world.pass(10 * second);
    await world.sweep();
    await world.dispatch();
    // Its turn comes and goes, and the cause changes again. Who holds the row sends only what is new.
    pause(world);
    await world.pass(5 * minute);
    world.submit('film-1');
    await world.dispatch();
    expect(told(world)).toEqual(['paused', 'paused']);
    await world.pass(2 * minute);
    await world.sweep();
    expect(told(world)).toEqual(['paused', 'paused', 'noLiveVersion']);
    const [, newest = 0, late = 0] = sequences(world);
    expect(late).toBeLessThan(newest);
  });
});
