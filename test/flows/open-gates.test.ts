import { describe, expect, it } from 'vitest';
import { minute, second } from '../kit/facts.ts';
import { isAnyReady, newWorld, type World } from '../kit/world.ts';

const gateItem = (world: World, by: string) => world.tasks.item(`#gate/${by}`);
const pause = (world: World, why = 'the disk is full') => {
  const live = world.registered('1.0.0');
  world.tools.set('echo', { spec: live.spec, live, paused: why });
};
/** Publishes and dispatches in batches of a hundred, as the trigger does. */
const submitMany = async (world: World, ids: readonly string[], body: object = {}) => {
  for (let at = 0; at < ids.length; at += 100) {
    for (const id of ids.slice(at, at + 100)) world.submit(id, body);
    await world.dispatch();
  }
};
const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(at).padStart(4, '0')}`);
const drain = async (world: World) => {
  while (isAnyReady(world)) await world.dispatch();
};

describe('a row that is held by a gate', () => {
  it('is written after its gate, and is not due by itself', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    const { calls } = world.faults;
    expect(calls.indexOf('gates.touch')).toBeLessThan(calls.indexOf('tasks.create'));
    expect(gateItem(world, 'tool/echo')).toMatchObject({ dueIn: { S: 'gate-0' } });
    expect(world.tasks.item('film-1')).toMatchObject({
      heldBy: { S: 'tool/echo' },
      waitingSince: { S: 'default#2026-11-24T14:00:00.000Z' },
    });
  });

  it('is not written when its gate cannot be: the message comes again', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    world.faults.failNext('gates.touch');
    await expect(world.dispatch()).rejects.toThrow(/go back to the queue/);
    expect(world.tasks.rows()).toEqual([]);
    await world.dispatch();
    expect(world.phases()).toEqual(['QUEUED']);
  });

  it('runs after the next sweep when its gate is open', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    await world.sweep();
    expect(world.launched()).toEqual([]);
    world.makeLive('1.0.0');
    await world.sweep();
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it.each<[string, (world: World) => void, (world: World) => void, object]>([
    [
      'reach/echo',
      ({ tools }) => tools.disconnect('SSM timed out'),
      ({ tools }) => tools.reconnect(),
      {},
    ],
    [
      'tool/echo',
      (world) => {
        const live = world.registered('1.0.0');
        world.tools.set('echo', { spec: live.spec, live, allPaused: 'maintenance' });
      },
      (world) => void world.makeLive('1.0.0'),
      {},
    ],
    [
      'live/echo',
      ({ tools, sampleSpec }) => tools.set('echo', { spec: sampleSpec }),
      (world) => void world.makeLive('1.0.0'),
      {},
    ],
    [
      'version/echo/2.0.0',
      () => {},
      (world) => world.tools.register(world.registered('2.0.0')),
      { version: '2.0.0' },
    ],
  ])('waits for %s until that opens', async (by, close, open, body) => {
    const world = newWorld();
    close(world);
    world.submit('film-1', body);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', hold: { by } });
    await world.pass(minute);
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toEqual([]);
    open(world);
    await world.sweep();
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it('is rejected when it waits for a version and its tool is deleted', async () => {
    const world = newWorld();
    world.submit('film-1', { version: '2.0.0' });
    await world.dispatch();
    expect(gateItem(world, 'version/echo/2.0.0')).toMatchObject({ dueIn: { S: 'gate-version-0' } });
    world.tools.set('echo', undefined);
    await world.sweep();
    await world.dispatch();
    expect(world.phases()).toEqual(['REJECTED']);
  });

  it('is rejected when its tool was paused and then deleted', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    world.tools.set('echo', undefined);
    await world.sweep();
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      phase: 'REJECTED',
      reason: expect.stringMatching(/there is no tool "echo"/),
    });
  });
});

describe('openGates', () => {
  it('rings for at most 1,200 rows a sweep, tenants in turn, and oldest first', async () => {
    const world = newWorld();
    pause(world);
    await submitMany(world, named('flood', 1_500), { tenant: 'flood' });
    await world.pass(second);
    await submitMany(world, named('light', 5), { tenant: 'light' });
    world.makeLive('1.0.0');
    await world.sweep();
    const rung = world.sentTo('davit.doorbells');
    expect(rung).toHaveLength(1_200);
    expect(rung.slice(0, 30)).toEqual(expect.arrayContaining(named('light', 5)));
    expect(rung).toContain('flood-0000');
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toHaveLength(1_505);
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toHaveLength(1_505);
  }, 60_000);

  it('delays no other tool: 6,000 rows of a paused tool are neither read nor counted', async () => {
    const world = newWorld();
    pause(world);
    await submitMany(world, named('held', 6_000));
    const other = { ...world.registered('1.0.0'), tool: 'other' };
    world.tools.set('other', { spec: other.spec, paused: 'a moment' });
    await world.pass(minute);
    const before = world.faults.calls.length;
    await world.sweep();
    const calls = world.faults.calls.slice(before);
    expect(calls.filter((name) => name === 'tasks.read' || name === 'tasks.save')).toEqual([]);
    expect(calls.length).toBeLessThan(40);
  }, 120_000);

  it('retires a gate that no row waits for, and only then', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    await world.dispatch();
    await world.pass(20 * minute);
    await world.sweep();
    expect(gateItem(world, 'tool/echo')).toHaveProperty('dueIn');
    world.makeLive('1.0.0');
    await world.sweep();
    await world.dispatch();
    await world.sweep();
    expect(gateItem(world, 'tool/echo')).not.toHaveProperty('dueIn');
    expect(gateItem(world, 'tool/echo')).toHaveProperty('expiresAt');
    pause(world);
    world.submit('film-2');
    await drain(world);
    expect(gateItem(world, 'tool/echo')).toHaveProperty('dueIn');
    expect(gateItem(world, 'tool/echo')).not.toHaveProperty('expiresAt');
  });

  it('goes on with the other gates when one fails', async () => {
    const world = newWorld();
    pause(world);
    world.submit('film-1');
    world.submit('film-2', { version: '2.0.0' });
    await world.dispatch();
    world.makeLive('1.0.0');
    world.faults.failNext('gates.waiters');
    await world.sweep();
    await world.sweep();
    await drain(world);
    expect(world.row('film-1').phase).not.toBe('QUEUED');
    expect(world.count('SweepSetbacks')).toBe(1);
  });
});
