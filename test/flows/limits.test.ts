import { describe, expect, it } from 'vitest';
import { closedBy } from '../../shared/core/closure.ts';
import type { Limit } from '../../shared/core/limit.ts';
import type { Queued } from '../../shared/core/task.ts';
import type { ToolSpec } from '../../shared/core/tool.ts';
import { advance } from '../../shared/flows/advance.ts';
import { carryOut } from '../../shared/flows/carry-out.ts';
import { decideLaunch } from '../../shared/flows/decide-launch.ts';
import { launchRun } from '../../shared/flows/launch-run.ts';
import { mendLimits } from '../../shared/flows/mend-limits.ts';
import { settlePlace } from '../../shared/flows/take-place.ts';
import { minute, noCapacity, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world whose tool has this limit, and where the runs of before were counted. */
const limited = async (spec: Partial<ToolSpec>): Promise<World> => {
  const world = newWorld({ spec });
  world.submit('first');
  await world.dispatch();
  await world.pass(minute);
  await world.sweep();
  await round(world);
  return world;
};

/** Dispatch and settle until nothing is left to do. */
const round = async (world: World): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) {
    await world.dispatch();
    await world.pass(second);
    await world.settle();
  }
};

const limitOf = async (world: World): Promise<Limit> => {
  const limit = await world.limits.read('limit/echo');
  if (!limit) throw new Error('there is no limit');
  return limit;
};

const queuedIn = (world: World, taskId: string): Queued => {
  const row = world.row(taskId);
  if (row.phase !== 'QUEUED') throw new Error(`${taskId} is ${row.phase}`);
  return row;
};

const end = async (world: World, taskId: string): Promise<void> => {
  world.runs.exit(world.arnOf(taskId), 0);
  await world.pass(second);
  await round(world);
};

describe('a tool without limits', () => {
  it('reads and writes nothing of a limit', async () => {
    const world = newWorld();
    world.submit('film-1');
    await round(world);
    await end(world, 'film-1');
    expect(world.faults.calls.filter((call) => call.startsWith('limits.'))).toEqual([]);
    expect(world.row('film-1').phase).toBe('SUCCEEDED');
  });
});

describe('maxRunning', () => {
  it('counts what runs before the first place is given', async () => {
    const world = newWorld({ spec: { maxRunning: 2 } });
    world.submit('film-1');
    await round(world);
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'limit/echo', why: expect.stringContaining('is counted first') },
    });
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.row('film-1').phase).toBe('RUNNING');
  });

  it('lets no more runs live than it says, and says what the others wait for', async () => {
    const world = await limited({ maxRunning: 2 });
    for (const id of ['a', 'b', 'c']) world.submit(id);
    await round(world);
    expect(world.launched()).toEqual(['first/1', 'a/1']);
    expect(world.row('b')).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'limit/echo', why: '2 of 2 echos are running' },
    });
    expect(world.row('a')).toMatchObject({ phase: 'RUNNING', place: 'limit/echo' });
  });

  it('hands the place of a run that has stopped to the next one, which starts at once', async () => {
    const world = await limited({ maxRunning: 1 });
    for (const id of ['a', 'b']) {
      world.submit(id);
      await round(world);
    }
    await end(world, 'first');
    expect(world.launched()).toEqual(['first/1', 'a/1']);
    await end(world, 'a');
    expect(world.launched()).toEqual(['first/1', 'a/1', 'b/1']);
    await end(world, 'b');
    expect(await limitOf(world)).toMatchObject({ placed: [], named: [] });
  });

  it('serves the tenant with the fewest runs first, and then by age and priority', async () => {
    const world = await limited({ maxRunning: 2 });
    for (const id of ['flood-1', 'flood-2', 'flood-3']) {
      world.submit(id, { tenant: 'flood' });
      await round(world);
    }
    world.submit('light-1', { tenant: 'light' });
    await round(world);
    world.submit('flood-4', { tenant: 'flood' }, { priority: 1 });
    await round(world);
    expect(world.launched()).toEqual(['first/1', 'flood-1/1']);
    await end(world, 'first');
    expect(world.launched().at(-1)).toBe('light-1/1');
    await end(world, 'light-1');
    expect(world.launched().at(-1)).toBe('flood-4/1');
    await end(world, 'flood-1');
    expect(world.launched().at(-1)).toBe('flood-2/1');
  });

  it('gives a new task no place before those who wait', async () => {
    const world = await limited({ maxRunning: 1 });
    world.submit('old');
    await round(world);
    world.faults.breakDown('limits.waiting');
    world.runs.exit(world.arnOf('first'), 0);
    await world.pass(second);
    await world.settle();
    world.faults.mend('limits.waiting');
    world.submit('new');
    await round(world);
    await world.pass(2 * minute);
    await world.sweep();
    await round(world);
    expect(world.launched()).toEqual(['first/1', 'old/1']);
    expect(world.row('new').phase).toBe('QUEUED');
  });

  it('gives no place for a launch that ECS refused', async () => {
    const world = await limited({ maxRunning: 1 });
    await end(world, 'first');
    for (const provider of ['FARGATE_SPOT', 'FARGATE'] as const)
      world.runs.setAvailability(provider, { is: 'closed', reason: noCapacity, seen: 'at once' });
    world.submit('a');
    await round(world);
    expect(world.row('a')).toMatchObject({ phase: 'QUEUED', run: 3 });
    expect(await limitOf(world)).toMatchObject({ placed: [], named: [] });
  });
});

describe('a limit beside gates', () => {
  const close = (world: World) =>
    world.runs.setAvailability('FARGATE', { is: 'closed', reason: noCapacity, seen: 'at once' });

  it('gives the try of a closed placement back when no place is free', async () => {
    const world = await limited({ maxRunning: 1, placements: ['cpu'] });
    const refusal = { by: 'placement/cpu', why: noCapacity };
    const closed = closedBy(undefined, refusal, world.clock.now() - minute);
    if (closed === undefined) throw new Error('it is not closed');
    await world.gates.saveClosure('placement/cpu', closed);
    world.submit('a');
    await round(world);
    expect(world.row('a')).toMatchObject({ phase: 'QUEUED', hold: { by: 'limit/echo' } });
    expect(await world.gates.closure('placement/cpu', true)).not.toHaveProperty('probe');
  });

  it('leaves a place free for the next sweep while the placements of the tool are closed', async () => {
    const world = await limited({ maxRunning: 1, placements: ['cpu'] });
    for (const id of ['a', 'b', 'c']) {
      world.submit(id);
      await round(world);
    }
    close(world);
    await end(world, 'first');
    // ECS has refused the first one, whose place went to the second one.
    expect(world.row('a')).toMatchObject({ run: 2, hold: { by: 'placement/cpu' } });
    expect(world.row('b')).toMatchObject({ run: 1, hold: { by: 'placement/cpu' } });
    expect(world.row('c')).toMatchObject({ run: 1, hold: { by: 'limit/echo' } });
    expect(await limitOf(world)).toMatchObject({ placed: [], named: [] });
  });

  it('gives a place on at once when only a task that must not go back to Spot cannot use it', async () => {
    const world = await limited({ maxRunning: 1, placements: ['cpu-spot', 'cpu'] });
    world.submit('a');
    await round(world);
    world.runs.reclaim(world.arnOf('first'));
    await world.pass(3 * minute);
    await round(world);
    world.submit('b');
    await round(world);
    expect(world.row('first')).toMatchObject({ reclaims: 1, hold: { by: 'limit/echo' } });
    const refusal = { by: 'placement/cpu', why: noCapacity };
    const closed = closedBy(undefined, refusal, world.clock.now());
    if (closed === undefined) throw new Error('it is not closed');
    await world.gates.saveClosure('placement/cpu', closed);
    await end(world, 'a');
    expect(world.row('first')).toMatchObject({ phase: 'QUEUED', hold: { by: 'placement/cpu' } });
    expect(world.row('b')).toMatchObject({ phase: 'RUNNING', placement: 'cpu-spot' });
  });

  it('has no gate, and the sweep rings for no task while no place is free', async () => {
    const world = await limited({ maxRunning: 1 });
    world.submit('a');
    await round(world);
    // A version without limits has made one.
    await world.gates.touch('limit/echo');
    expect(await world.gates.due(10)).toHaveLength(1);
    await world.sweep();
    expect(await world.gates.due(10)).toEqual([]);
    expect(world.sentTo('davit.doorbells')).toEqual([]);
    await end(world, 'first');
    expect(world.row('a').phase).toBe('RUNNING');
  });

  it('rings again for who waited for a limit that was removed, when the doorbell was lost', async () => {
    const world = await limited({ maxRunning: 1 });
    world.submit('a');
    await round(world);
    const { maxRunning: _limit, ...spec } = world.registered('1.0.0').spec;
    world.tools.set('echo', { spec, live: world.registered('1.0.0') });
    const before = world.broker.state;
    await world.sweep();
    expect(world.row('a')).toMatchObject({ phase: 'QUEUED', rings: 1 });
    world.broker.state = before;
    await world.pass(20 * minute);
    await world.sweep();
    await round(world);
    expect(world.row('a').phase).toBe('RUNNING');
  });
});

describe('maxPerTenant', () => {
  it('passes over a tenant that has as many runs as it may have', async () => {
    const world = await limited({ maxRunning: 3, maxPerTenant: 1 });
    for (const id of ['a-1', 'a-2']) world.submit(id, { tenant: 'acme' });
    await round(world);
    world.submit('b-1', { tenant: 'beta' });
    await round(world);
    expect(world.launched()).toEqual(['first/1', 'a-1/1', 'b-1/1']);
    expect(world.row('a-2')).toMatchObject({
      hold: { why: '1 of 1 echo is running, of tenant acme' },
    });
    await end(world, 'a-1');
    expect(world.launched().at(-1)).toBe('a-2/1');
  });
});

describe('a place that is given up', () => {
  it('is not freed by a function that was told before that no place is free', async () => {
    const world = await limited({ maxRunning: 1 });
    world.submit('a');
    await round(world);
    world.submit('b', {}, { priority: 9 });
    const { ports } = world;
    // The first function is told that no place is free, and holds the row.
    const task = queuedIn(world, 'a');
    const fact = await decideLaunch(ports, task);
    const advanced = await advance(ports, task, fact);
    world.faults.breakDown('broker.ring');
    world.runs.exit(world.arnOf('first'), 0);
    await world.pass(second);
    await world.settle();
    world.faults.mend('broker.ring');
    await world.dispatchFrom('davit.tasks');
    expect(world.row('b')).toMatchObject({ phase: 'QUEUED', hold: { by: 'limit/echo' } });
    // The second one gets the place, and has not written the row yet; the third one gives the place up.
    const later = queuedIn(world, 'a');
    const launch = await decideLaunch(ports, later);
    expect(launch).toMatchObject({ kind: 'launchDecided', place: 'limit/echo' });
    await ports.places.giveUp('limit/echo', later);
    await settlePlace(ports, { task, fact, advanced });
    expect(await limitOf(world)).toMatchObject({ named: [{ taskId: 'a', state: 'leaving' }] });
    const launched = await advance(ports, later, launch);
    if (launched.kind !== 'moved' || launched.task.phase !== 'LAUNCHING')
      throw new Error('it is not launched');
    await launchRun(ports, launched.task);
    await round(world);
    expect(world.runs.living()).toHaveLength(1);
    expect(world.row('b').phase).toBe('QUEUED');
  });

  it('is left by who was told that the limit was lowered below it', async () => {
    const world = await limited({ maxRunning: 2 });
    for (const id of ['a', 'b']) {
      world.submit(id);
      await round(world);
    }
    world.faults.breakDown('broker.ring');
    await end(world, 'first');
    world.faults.mend('broker.ring');
    world.makeLive('1.0.0', { maxRunning: 1 });
    await world.ports.broker.ring('b', 1);
    await round(world);
    expect(world.row('b')).toMatchObject({ hold: { why: '2 of 1 echo is running' } });
    expect(await limitOf(world)).toMatchObject({ named: [], placed: [{}] });
  });
});

describe('a launch with a place', () => {
  it('is launched although its place could not be confirmed, which the sweep does', async () => {
    const world = await limited({ maxRunning: 3 });
    world.submit('a');
    const { confirm } = world.ports.places;
    const broken = { ...world.ports.places, confirm: () => Promise.reject(new Error('throttled')) };
    Object.assign(world.ports, { places: broken });
    await world.dispatch();
    expect(world.launched()).toContain('a/1');
    expect(world.names()).toContain('limit.notConfirmed');
    Object.assign(world.ports, { places: { ...broken, confirm } });
    await world.pass(2 * minute);
    await world.sweep();
    expect(await limitOf(world)).toMatchObject({ named: [] });
  });

  it('gives its place back within a minute of its end when a release without limits launched it', async () => {
    const world = await limited({ maxRunning: 1 });
    for (const id of ['a', 'b']) {
      world.submit(id);
      await round(world);
    }
    world.runs.exit(world.arnOf('first'), 0);
    await world.pass(second);
    await world.settle();
    expect((await limitOf(world)).named).toMatchObject([{ taskId: 'a', state: 'reserved' }]);
    // That release takes the doorbell, and writes the row without a place.
    const row = world.row('a');
    if (row.phase !== 'QUEUED') throw new Error('it does not wait');
    const places = { ...world.ports.places, confirm: async () => {} };
    const old = { ...world.ports, places };
    const decided = await decideLaunch(old, row);
    if (decided.kind !== 'launchDecided') throw new Error('it is not launched');
    const { place: _place, placedAt: _at, ...fact } = decided;
    const advanced = await advance(old, row, fact);
    if (advanced.kind !== 'moved' || advanced.task.phase !== 'LAUNCHING')
      throw new Error('it is not launched');
    await launchRun(old, advanced.task);
    await round(world);
    await world.pass(2 * minute);
    await world.sweep();
    expect((await limitOf(world)).named).toMatchObject([{ taskId: 'a', state: 'found' }]);
    await end(world, 'a');
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.row('b').phase).toBe('RUNNING');
  });
});

describe('the sweep and limits', () => {
  it('rings again for a place whose doorbell was lost', async () => {
    const world = await limited({ maxRunning: 1 });
    world.submit('a');
    await round(world);
    world.faults.breakDown('broker.ring');
    world.runs.exit(world.arnOf('first'), 0);
    await world.pass(second);
    await world.settle();
    world.faults.mend('broker.ring');
    expect((await limitOf(world)).named).toMatchObject([{ taskId: 'a', state: 'reserved' }]);
    await world.pass(2 * minute);
    await world.sweep();
    await round(world);
    expect(world.row('a').phase).toBe('RUNNING');
  });

  it('counts a run that was launched by a release that knows no limits', async () => {
    const world = newWorld();
    world.submit('old');
    await round(world);
    world.makeLive('1.0.0', { maxRunning: 1 });
    world.submit('new');
    await round(world);
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.launched()).toEqual(['old/1']);
    expect(await limitOf(world)).toMatchObject({ named: [{ taskId: 'old', state: 'found' }] });
    await end(world, 'old');
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.row('new').phase).toBe('RUNNING');
  });

  it('follows a limit that is lowered, and one that is raised', async () => {
    const world = await limited({ maxRunning: 3 });
    for (const id of ['a', 'b', 'c', 'd']) world.submit(id);
    await round(world);
    expect(world.launched()).toHaveLength(3);
    world.makeLive('1.0.0', { maxRunning: 1 });
    await world.pass(minute);
    await world.sweep();
    await end(world, 'first');
    await end(world, 'a');
    expect(world.launched()).toHaveLength(3);
    world.makeLive('1.0.0', { maxRunning: 3 });
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.launched()).toHaveLength(5);
  });

  it('rings for everyone when the limit is removed, and its item goes', async () => {
    const world = await limited({ maxRunning: 1 });
    for (const id of ['a', 'b']) world.submit(id);
    await round(world);
    world.tools.set('echo', { spec: world.sampleSpec, live: world.registered('1.0.0') });
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.launched()).toHaveLength(3);
    for (const id of ['first', 'a', 'b']) await end(world, id);
    for (let n = 0; n < 2; n += 1) {
      await world.pass(minute);
      await world.sweep();
    }
    expect(await world.limits.names()).toEqual([]);
  });

  it('lets the item of a removed limit go while a run without a place lives', async () => {
    const world = await limited({ maxRunning: 1 });
    world.tools.set('echo', { spec: world.sampleSpec, live: world.registered('1.0.0') });
    await end(world, 'first');
    for (const id of ['a', 'b']) world.submit(id);
    await round(world);
    for (let n = 0; n < 3; n += 1) {
      await world.pass(minute);
      await world.sweep();
    }
    expect(['a', 'b'].map((id) => world.row(id).phase)).toEqual(['RUNNING', 'RUNNING']);
    expect(await world.limits.names()).toEqual([]);
  });

  it('serves those who wait after a person has deleted the item', async () => {
    const world = await limited({ maxRunning: 2 });
    for (const id of ['a', 'b', 'c']) {
      world.submit(id);
      await round(world);
    }
    expect(await world.limits.remove(await limitOf(world))).toBe(true);
    await end(world, 'first');
    expect(await limitOf(world)).toMatchObject({ maxRunning: 2, placed: [] });
    expect(world.launched()).toEqual(['first/1', 'a/1']);
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.launched()).toEqual(['first/1', 'a/1', 'b/1']);
    await end(world, 'a');
    expect(world.launched().at(-1)).toBe('c/1');
  });

  it('keeps a removed limit for a task that is told to wait while it is removed', async () => {
    const world = await limited({ maxRunning: 1 });
    await end(world, 'first');
    const { places } = world.ports;
    const { ask } = places;
    const mend = () => mendLimits(world.ports, { now: world.clock.now(), isOver: () => false });
    // A process that still has the spec of before asks, and writes the row after two sweeps.
    const askSlowly: typeof ask = async (...asked) => {
      world.tools.set('echo', { spec: world.sampleSpec, live: world.registered('1.0.0') });
      await mend();
      const taken = await ask(...asked);
      await mend();
      expect(taken).toMatchObject({ kind: 'full' });
      return taken;
    };
    Object.assign(world.ports, { places: { ...places, ask: askSlowly } });
    world.submit('a');
    await world.dispatch();
    expect(world.row('a')).toMatchObject({ phase: 'QUEUED', hold: { by: 'limit/echo' } });
    Object.assign(world.ports, { places });
    await world.pass(minute);
    await world.sweep();
    await round(world);
    expect(world.row('a').phase).toBe('RUNNING');
    await end(world, 'a');
    await world.pass(2 * minute);
    await world.sweep();
    expect(await world.limits.names()).toEqual([]);
  });

  it('rings for those who wait for a removed limit only as long as the sweep has time', async () => {
    const world = await limited({ maxRunning: 1 });
    for (let n = 0; n < 30; n += 1) world.submit(`film-${n}`);
    await round(world);
    world.tools.set('echo', { spec: world.sampleSpec, live: world.registered('1.0.0') });
    const isOver = () => world.sentTo('davit.doorbells').length >= 2;
    await mendLimits(world.ports, { now: world.clock.now(), isOver });
    const rung = world.sentTo('davit.doorbells').length;
    expect([rung >= 2, rung < 30]).toEqual([true, true]);
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toHaveLength(30);
  });

  it('rings for everyone who waits for a removed limit but for a row that cannot be written', async () => {
    const world = await limited({ maxRunning: 1 });
    for (const id of ['a', 'b', 'c']) world.submit(id);
    await round(world);
    world.tools.set('echo', { spec: world.sampleSpec, live: world.registered('1.0.0') });
    const { save } = world.ports.tasks;
    const saveOthers: typeof save = (task, was) =>
      task.taskId === 'a' ? Promise.reject(new Error('too large')) : save(task, was);
    Object.assign(world.ports, { tasks: { ...world.ports.tasks, save: saveOthers } });
    await world.sweep();
    expect(world.sentTo('davit.doorbells')).toHaveLength(2);
  });

  it('frees the reserved place of a task that is cancelled, without the sweep', async () => {
    const world = await limited({ maxRunning: 1 });
    for (const id of ['a', 'b']) {
      world.submit(id);
      await round(world);
    }
    world.runs.exit(world.arnOf('first'), 0);
    await world.pass(second);
    await world.settle();
    expect((await limitOf(world)).named).toMatchObject([{ taskId: 'a', state: 'reserved' }]);
    const cancelled = await advance(world.ports, world.row('a'), {
      kind: 'cancelAsked',
      taskId: 'a',
    });
    if (cancelled.kind === 'moved') await carryOut(world.ports, cancelled.task);
    await round(world);
    expect(world.row('b').phase).toBe('RUNNING');
  });

  it('counts runs only when twenty seconds had passed before it began to read them', async () => {
    const world = newWorld({ spec: { maxRunning: 1 } });
    world.submit('a');
    await world.dispatch();
    const { inPhase } = world.ports.tasks;
    let isSlow = true;
    Object.assign(world.ports.tasks, {
      inPhase: async (...args: Parameters<typeof inPhase>) => {
        if (isSlow) {
          isSlow = false;
          await world.pass(22 * second);
        }
        return inPhase(...args);
      },
    });
    await mendLimits(world.ports, { now: world.clock.now(), isOver: () => false });
    expect(await limitOf(world)).not.toHaveProperty('checkedAt');
  });

  it('gives the reserved place of a cancelled task to another one', async () => {
    const world = await limited({ maxRunning: 1 });
    for (const id of ['a', 'b']) {
      world.submit(id);
      await round(world);
    }
    world.faults.breakDown('broker.ring');
    world.runs.exit(world.arnOf('first'), 0);
    await world.pass(second);
    await world.settle();
    world.faults.mend('broker.ring');
    world.tasks.remove('a');
    await world.pass(2 * minute);
    await world.sweep();
    await round(world);
    expect(world.row('b').phase).toBe('RUNNING');
  });
});
