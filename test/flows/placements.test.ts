import { describe, expect, it } from 'vitest';
import { paceOf } from '../../shared/flows/pace.ts';
import { minute, second } from '../kit/facts.ts';
import { isAnyReady, newWorld, type World } from '../kit/world.ts';

const noRoom = {
  is: 'closed',
  reason: 'Capacity is unavailable at this time',
  seen: 'at once',
} as const;
const room = { is: 'open' } as const;
const providers = { cpu: 'FARGATE', 'cpu-spot': 'FARGATE_SPOT' } as const;

/** As on AWS: RunTask is called at most twenty times a second. */
const worldOn = (...placements: readonly ('cpu' | 'cpu-spot')[]): World => {
  const world = newWorld({
    spec: { placements: [...placements], startWithinMs: 24 * 60 * minute },
  });
  Object.assign(world.ports, { pace: paceOf(world.clock, 20) });
  return world;
};
const sweep = (world: World): Promise<void> => world.settled(world.sweep());
const isLaunched = (phase: string): boolean => phase === 'STARTING' || phase === 'RUNNING';
const close = (world: World, ...placements: readonly ('cpu' | 'cpu-spot')[]) => {
  for (const placement of placements) world.runs.setAvailability(providers[placement], noRoom);
};
const launches = (world: World): number =>
  world.faults.calls.filter((name) => name === 'runs.launch').length;
const drain = async (world: World) => {
  while (isAnyReady(world)) await world.dispatch();
};
const closureOf = (world: World, by: string) => world.gates.closure(by, true);

describe('a placement without capacity', () => {
  it('is closed for all by one refusal; the next of the list is taken meanwhile', async () => {
    const world = worldOn('cpu-spot', 'cpu');
    close(world, 'cpu-spot');
    world.submit('film-1');
    await drain(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', run: 2, placement: 'cpu' });
    world.submit('film-2');
    await world.dispatch();
    expect(world.row('film-2')).toMatchObject({ phase: 'STARTING', run: 1, placement: 'cpu' });
    expect(launches(world)).toBe(3);
  });

  it('is tried by one row; an accepted try opens it and rings for the others at once', async () => {
    const world = worldOn('cpu');
    close(world, 'cpu');
    world.submit('film-0');
    await world.dispatch();
    for (let at = 1; at <= 150; at += 1) world.submit(`film-${at}`);
    await drain(world);
    expect(launches(world)).toBe(1);
    world.runs.setAvailability('FARGATE', room);
    await world.pass(minute);
    await sweep(world);
    expect(world.sentTo('davit.doorbells')).toHaveLength(1);
    await world.dispatch();
    expect(await closureOf(world, 'placement/cpu')).toHaveProperty('openedAt');
    expect(world.sentTo('davit.doorbells')).toHaveLength(100);
    await drain(world);
    await sweep(world);
    await drain(world);
    expect(world.phases().every(isLaunched)).toBe(true);
  });

  it('lets who waits for two placements go to the one that opens, while the other stays closed', async () => {
    const world = worldOn('cpu-spot', 'cpu');
    close(world, 'cpu-spot', 'cpu');
    for (let at = 0; at < 50; at += 1) world.submit(`film-${at}`);
    await drain(world);
    expect(world.row('film-9')).toMatchObject({
      phase: 'QUEUED',
      hold: { by: 'placement/cpu+cpu-spot' },
    });
    world.runs.setAvailability('FARGATE', room);
    for (let minutes = 0; minutes < 12; minutes += 1) {
      await world.pass(minute);
      await sweep(world);
      await drain(world);
    }
    expect(world.phases().every(isLaunched)).toBe(true);
    expect(await closureOf(world, 'placement/cpu-spot')).not.toHaveProperty('openedAt');
  });

  it('holds a task that was reclaimed from Spot without a doorbell each minute, although Spot is open', async () => {
    const world = worldOn('cpu-spot', 'cpu');
    close(world, 'cpu');
    world.submit('film-1');
    await world.dispatch();
    await world.pass(minute);
    world.runs.reclaim(world.arnOf('film-1'));
    await world.pass(minute);
    await world.settle();
    await drain(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', hold: { by: 'placement/cpu' } });
    const rung: number[] = [];
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await world.pass(minute);
      await sweep(world);
      rung.push(world.sentTo('davit.doorbells').length);
      await drain(world);
    }
    // The closure lasts 0.5, 1, 2, 4, 8 and 10 minutes, and one doorbell asks after each.
    expect(rung.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(7);
    world.runs.setAvailability('FARGATE', room);
    await world.pass(11 * minute);
    await sweep(world);
    await drain(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', placement: 'cpu' });
  });

  it('is not tried by a message that has to wait for its own time', async () => {
    const world = worldOn('cpu');
    close(world, 'cpu');
    world.submit('film-1');
    await world.dispatch();
    await world.pass(minute);
    const notBefore = new Date(world.clock.now() + 60 * minute).toISOString();
    world.submit('later', { notBefore });
    await world.dispatch();
    expect(world.phases()).toEqual(['QUEUED', 'QUEUED']);
    expect(await closureOf(world, 'placement/cpu')).not.toHaveProperty('probe');
  });

  it('is tried by another row each time', async () => {
    const world = worldOn('cpu');
    close(world, 'cpu');
    for (let at = 1; at <= 3; at += 1) world.submit(`film-${at}`);
    await drain(world);
    const tried = new Set<string>();
    for (let tries = 0; tries < 4; tries += 1) {
      await world.pass(11 * minute);
      await sweep(world);
      for (const id of world.sentTo('davit.doorbells')) tried.add(id);
      await drain(world);
    }
    expect(tried.size).toBe(3);
  });

  it('is closed again, for twice as long, when its try is refused', async () => {
    const world = worldOn('cpu');
    close(world, 'cpu');
    world.submit('film-1');
    world.submit('film-2');
    await world.dispatch();
    const first = await closureOf(world, 'placement/cpu');
    await world.pass(minute);
    await sweep(world);
    await drain(world);
    const second = await closureOf(world, 'placement/cpu');
    expect(second).toMatchObject({ failures: 2, since: first?.since });
    expect(second).not.toHaveProperty('probe');
  });

  it('is tried by the next row when the first one never answers', async () => {
    const world = worldOn('cpu');
    close(world, 'cpu');
    world.submit('film-1');
    world.submit('film-2');
    await world.dispatch();
    world.runs.setAvailability('FARGATE', room);
    await world.pass(minute);
    await sweep(world);
    world.faults.failNext('tasks.save');
    await expect(world.dispatch()).rejects.toThrow();
    await world.pass(2 * minute);
    await sweep(world);
    await drain(world);
    await sweep(world);
    await drain(world);
    expect(world.phases().every(isLaunched)).toBe(true);
  });

  it('is closed too by a run that was accepted and then did not start', async () => {
    const world = worldOn('cpu');
    world.runs.setAvailability('FARGATE', { ...noRoom, seen: 'late' });
    world.submit('film-1');
    await world.dispatch();
    await world.pass(minute);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', hold: { by: 'placement/cpu' } });
    world.submit('film-2');
    await world.dispatch();
    expect(world.row('film-2')).toMatchObject({ hold: { by: 'placement/cpu' } });
  });

  it('is written as closed before the row is: a crash between the two leaves an order, which is sent again', async () => {
    const world = worldOn('cpu');
    close(world, 'cpu');
    world.submit('film-1');
    world.faults.failNext('gates.saveClosure');
    await expect(world.dispatch()).rejects.toThrow();
    expect(world.row('film-1').phase).toBe('LAUNCHING');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', hold: { by: 'placement/cpu' } });
  });
});

describe('a deployment that can launch nothing', () => {
  it('closes all placements, for a minute at first', async () => {
    const world = worldOn('cpu-spot', 'cpu');
    world.submit('film-1');
    world.submit('film-2');
    const launch = world.runs.launch;
    let isDenied = true;
    Object.assign(world.ports, {
      runs: {
        ...world.ports.runs,
        launch: (order: Parameters<typeof launch>[0]) =>
          isDenied
            ? Promise.resolve({ kind: 'refused', cause: 'deployment', why: 'AccessDenied' })
            : launch(order),
      },
    });
    await world.dispatch();
    world.submit('film-3');
    await world.dispatch();
    for (const id of ['film-1', 'film-2', 'film-3'])
      expect(world.row(id)).toMatchObject({ hold: { by: 'deployment' } });
    isDenied = false;
    await world.pass(minute + second);
    await sweep(world);
    await drain(world);
    expect(world.phases().every(isLaunched)).toBe(true);
  });
});

// Half an hour of 5,000 tasks takes two minutes of real time, so here are fewer: the counts of calls are the same.
const backlog = 2_000;

describe('a backlog with no capacity for half an hour', () => {
  it('empties into rows, calls RunTask a few times a minute, and runs when capacity is back', async () => {
    const world = worldOn('cpu-spot', 'cpu');
    close(world, 'cpu-spot', 'cpu');
    for (let at = 0; at < backlog; at += 1) world.submit(`film-${at}`, { tenant: `t-${at % 7}` });
    for (let batch = 0; batch < 10; batch += 1) await world.dispatch();
    const first = launches(world);
    expect(first).toBeLessThan(60);
    await drain(world);
    expect(world.phases()).toHaveLength(backlog);
    const perMinute: number[] = [];
    for (let minutes = 0; minutes < 30; minutes += 1) {
      const before = launches(world);
      await world.pass(minute);
      await sweep(world);
      await drain(world);
      perMinute.push(launches(world) - before);
    }
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(6);
    for (const placement of ['cpu-spot', 'cpu'] as const)
      world.runs.setAvailability(providers[placement], room);
    let minutes = 0;
    for (; minutes < 30 && world.phases().includes('QUEUED'); minutes += 1) {
      await world.pass(minute);
      // The comparison of all runs, which is not the topic, is refused by the model: nothing slows its reads down here.
      await sweep(world).catch(() => undefined);
      await drain(world);
    }
    expect(world.phases().every(isLaunched)).toBe(true);
    // Each placement is tried within ten minutes, and then 1,200 tasks a minute are rung for.
    expect(minutes).toBeLessThanOrEqual(22);
  }, 300_000);
});
