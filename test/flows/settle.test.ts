import { describe, expect, it } from 'vitest';
import { settleAll } from '../../shared/flows/settle.ts';
import { arnOf, exit, minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const running = async (options: Parameters<typeof newWorld>[0] = {}): Promise<World> => {
  const world = newWorld(options);
  world.submit('film-1');
  await world.dispatch();
  await world.pass(second);
  await world.settle();
  return world;
};

const ended = async (world: World, exitCode: number): Promise<void> => {
  world.runs.exit(world.arnOf('film-1'), exitCode);
  await world.pass(second);
  await world.settle();
};

describe('settle', () => {
  it('publishes each stage of a task to its publisher, to listeners and to the bus', async () => {
    const world = newWorld();
    world.broker.listen('listener', 'echo.*');
    world.submit('film-1', {}, { correlationId: 'c-1' });
    await world.dispatch();
    await world.pass(second);
    await world.settle();
    await ended(world, 0);
    expect(world.row('film-1')).toMatchObject({ phase: 'SUCCEEDED', exitCode: 0, outbox: [] });
    const types = ['davit.task.running', 'davit.task.succeeded'];
    expect(world.sentTo('reply.web')).toEqual(types);
    expect(world.sentTo('listener')).toEqual(types);
    expect(world.busEvents).toEqual(['film-1/1/bus.succeeded']);
    expect(world.broker.ready('reply.web')[0]?.properties.correlationId).toBe('c-1');
    expect(world.count('EndedByEvent')).toBe(1);
  });

  it('gives a run with a temporary failure back to the queue, and launches it when its delay is over', async () => {
    const world = await running();
    const waits: number[] = [];
    for (const exitCode of [75, 1, 0]) {
      await ended(world, exitCode);
      const row = world.row('film-1');
      if (row.phase !== 'QUEUED') break;
      waits.push(((row.notBefore ?? 0) - row.updatedAt) / second);
      await world.pass((row.notBefore ?? 0) - world.clock.now());
      await world.sweep();
      await world.dispatch();
      await world.pass(second);
      await world.settle();
    }
    expect(waits).toEqual([10, 60]);
    expect(world.row('film-1')).toMatchObject({ phase: 'SUCCEEDED', run: 3, attempts: 3 });
    expect(world.launched()).toEqual(['film-1/1', 'film-1/2', 'film-1/3']);
  });

  it('writes a dead letter for a task that fails permanently', async () => {
    const world = await running();
    await ended(world, 66);
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', reason: 'exit 66', outbox: [] });
    expect(world.sentTo('davit.dead')).toEqual(['film-1']);
  });

  it('rings at once for a run whose host was reclaimed, and does not use Spot again', async () => {
    const world = await running();
    world.runs.reclaim(world.arnOf('film-1'));
    await world.pass(3 * minute);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      reclaims: 1,
      attempts: 0,
    });
    expect(world.sentTo('davit.doorbells')).toEqual(['film-1']);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', placement: 'cpu' });
  });

  it('comes to the same end when every event comes twice, and the last one first', async () => {
    const world = await running();
    world.runs.exit(world.arnOf('film-1'), 0);
    await world.pass(second);
    const run = 1;
    const ecsTaskArn = world.arnOf('film-1');
    const records = [
      { ecsVersion: 7, status: 'stopped' as const, stop: exit(0) },
      { ecsVersion: 2, status: 'starting' as const },
      { ecsVersion: 3, status: 'running' as const },
      { ecsVersion: 7, status: 'stopped' as const, stop: exit(0) },
    ].map((sighting, index) => ({
      id: `m-${index}`,
      taskId: 'film-1',
      run,
      sighting: { ecsTaskArn, ...sighting },
    }));
    for (const record of records) expect(await settleAll([record], world.ports)).toEqual([]);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({ phase: 'SUCCEEDED', attempts: 1 });
    expect(world.busEvents).toEqual(['film-1/1/bus.succeeded']);
    expect(world.runs.orders.map(({ kind }) => kind)).not.toContain('terminate');
  });

  it('answers the records that failed, and settles the others', async () => {
    const world = newWorld();
    for (const id of ['film-1', 'film-2']) world.submit(id);
    await world.dispatch();
    await world.pass(second);
    world.faults.failNext('tasks.read');
    const failed = await world.settle();
    expect(failed.length).toBeGreaterThan(0);
    expect(world.names()).toContain('settle.failed');
    expect(world.phases().sort()).toEqual(['RUNNING', 'STARTING']);
  });

  it('counts an event of a task without a row', async () => {
    const world = newWorld();
    const sighting = { ecsTaskArn: arnOf(1), ecsVersion: 1, status: 'running' as const };
    const record = { id: 'm-1', taskId: 'nobody', run: 1, sighting };
    expect(await settleAll([record], world.ports)).toEqual([]);
    expect(world.count('EventsWithoutRow')).toBe(1);
  });

  it('stops a second container of a run, and never the current one', async () => {
    const world = await running();
    const sighting = { ecsTaskArn: arnOf(1, 'b'), ecsVersion: 3, status: 'running' as const };
    await settleAll([{ id: 'm-1', taskId: 'film-1', run: 1, sighting }], world.ports);
    expect(world.faults.calls.filter((name) => name === 'runs.stop')).toHaveLength(1);
    expect(world.runs.living()).toHaveLength(1);
  });
});

describe('the effects of a move', () => {
  it('stay in the row while the broker cannot be reached, and the sweep carries them out', async () => {
    const world = await running();
    world.broker.disconnect('connection refused');
    await ended(world, 66);
    expect(world.row('film-1').outbox.map(({ id }) => id)).toEqual([
      'film-1/1/dead',
      'film-1/1/event.failed',
      'film-1/1/reply.failed',
    ]);
    expect(world.busEvents).toEqual(['film-1/1/bus.failed']);
    world.broker.reconnect();
    await world.pass(59 * second);
    await world.sweep();
    expect(world.row('film-1').outbox).toHaveLength(3);
    await world.pass(second);
    await world.sweep();
    expect(world.row('film-1').outbox).toEqual([]);
    expect(world.sentTo('reply.web')).toEqual(['davit.task.running', 'davit.task.failed']);
  });

  it('are logged and count as done when a reply queue does not exist any more', async () => {
    const world = await running();
    const { 'reply.web': _gone, ...queues } = world.broker.state.queues;
    world.broker.state = { ...world.broker.state, queues };
    await ended(world, 0);
    expect(world.row('film-1')).toMatchObject({ phase: 'SUCCEEDED', outbox: [] });
    expect(world.names()).toContain('reply.unroutable');
  });

  it('stay when davit.dead did not accept the letter', async () => {
    const world = await running();
    const { 'davit.dead': _gone, ...queues } = world.broker.state.queues;
    world.broker.state = { ...world.broker.state, queues };
    await ended(world, 66);
    expect(world.row('film-1').outbox.map(({ kind }) => kind)).toEqual(['dead']);
    expect(world.logged).toContainEqual({
      what: 'effect.failed',
      facts: expect.objectContaining({ why: 'no queue took the message' }),
    });
  });

  it('keep a reply for a minute when it waits for the result of the tool', async () => {
    const world = await running({ spec: { result: true } });
    await ended(world, 0);
    expect(world.row('film-1').outbox.map(({ id }) => id)).toEqual(['film-1/1/reply.succeeded']);
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1').outbox).toEqual([]);
    expect(world.sentTo('reply.web')).toEqual(['davit.task.running', 'davit.task.succeeded']);
  });
});

describe('settle that crashes at each of its calls', async () => {
  const clean = await running();
  const before = clean.faults.calls.length;
  await ended(clean, 66);
  const calls = clean.faults.calls.length - before;
  const cells = Array.from({ length: calls }, (_, index) => index + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((moment) => ({ nth, moment })),
  );

  it.each(cells)('is finished by the sweep when it crashes $moment call $nth', async (cell) => {
    const world = await running();
    world.runs.exit(world.arnOf('film-1'), 66);
    await world.pass(second);
    world.faults.crashAt(cell.nth, cell.moment);
    await world.settle().catch(() => undefined);
    world.faults.restart();
    await world.pass(2 * minute);
    await world.sweep();
    await world.pass(2 * minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', outbox: [], attempts: 1 });
    expect(new Set(world.sentTo('davit.dead'))).toEqual(new Set(['film-1']));
    expect(world.busEvents).toContain('film-1/1/bus.failed');
  });
});
