import { describe, expect, it } from 'vitest';
import { hour, minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const publish = (world: World, fields: object): void =>
  world.publishBody('film-1', JSON.stringify({ tool: 'echo', ...fields }));

const inMs = (world: World, ms: number): string => new Date(world.clock.now() + ms).toISOString();

describe('a message with a notBefore', () => {
  it('is launched at that time, and not before, however often it comes', async () => {
    const world = newWorld();
    const fields = { notBefore: inMs(world, hour) };
    publish(world, fields);
    await world.dispatch();
    await world.pass(30 * minute);
    publish(world, fields);
    await world.dispatch();
    await world.sweep();
    await world.dispatch();
    expect(world.launched()).toEqual([]);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', rings: 0 });
    await world.pass(30 * minute);
    await world.sweep();
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it('is rejected when that is more than 14 days ahead', async () => {
    const world = newWorld();
    publish(world, { notBefore: inMs(world, 15 * 24 * hour) });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      phase: 'REJECTED',
      tool: 'echo',
      reason: expect.stringMatching(/^notBefore may be at most 14 days ahead/),
    });
  });
});

describe('a message with a timeout and a group', () => {
  it('is stopped after its own timeout, in every run', async () => {
    const world = newWorld();
    publish(world, { timeout: '5m', group: 'night' });
    await world.dispatch();
    await world.pass(second);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({
      phase: 'RUNNING',
      groupName: 'night',
      askedTimeoutMs: 5 * minute,
      release: { spec: { timeoutMs: 5 * minute } },
    });
    await world.pass(5 * minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({
      stopping: { why: 'timeout', reason: 'it ran longer than 5 min' },
    });
  });
});
