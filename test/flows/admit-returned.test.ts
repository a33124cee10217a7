import { describe, expect, it } from 'vitest';
import { publish } from '../../models/broker/publish.ts';
import { second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** Moves the letters of davit.dead to davit.tasks, with everything that they have, and keeps them in `davit.dead` too. */
const putBack = (world: World): void => {
  const { broker, clock } = world;
  for (const message of broker.ready('davit.dead'))
    broker.state = publish(broker.state, {
      exchange: '',
      routingKey: 'davit.tasks',
      mandatory: true,
      now: clock.now(),
      message,
    }).state;
};

const failedTask = async (): Promise<World> => {
  const world = newWorld();
  Object.assign(world.ports, { logs: { end: async () => undefined } });
  world.submit('film-1');
  await world.dispatch();
  await failRun(world);
  expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', run: 1 });
  return world;
};

const failRun = async (world: World): Promise<void> => {
  await world.pass(second);
  world.runs.exit(world.arnOf('film-1'), 64);
  await world.pass(second);
  await world.settle();
};

describe('a dead letter that comes back', () => {
  it('redrives its row, with the next run and new budgets', async () => {
    const world = await failedTask();
    putBack(world);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', run: 2, attempts: 0 });
    expect(world.launched()).toEqual(['film-1/1', 'film-1/2']);
    expect(world.count('TasksRedriven')).toBe(1);
    expect(world.sentTo('reply.web')).toContain('davit.task.requeued');
  });

  it('is one redrive when it comes twice, also after the next run has failed', async () => {
    const world = await failedTask();
    const letters = world.broker.ready('davit.dead');
    putBack(world);
    putBack(world);
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/1', 'film-1/2']);
    await failRun(world);
    world.broker.state = {
      ...world.broker.state,
      queues: {
        ...world.broker.state.queues,
        'davit.dead': { ...queueOf(world, 'davit.dead'), ready: letters },
      },
    };
    putBack(world);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', run: 2 });
    expect(world.launched()).toEqual(['film-1/1', 'film-1/2']);
  });

  it('redrives a rejected message whose tool exists now, and no message that is still rubbish', async () => {
    const world = newWorld();
    world.submit('film-1', { tool: 'new' });
    world.publishBody('film-2', 'rubbish');
    await world.dispatch();
    expect(world.phases()).toEqual(['REJECTED', 'REJECTED']);
    world.tools.set('new', { spec: world.sampleSpec });
    putBack(world);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2, tool: 'new' });
    expect(world.row('film-2')).toMatchObject({ phase: 'REJECTED', run: 1 });
    expect(world.tasks.rows()).toHaveLength(2);
    expect(world.names()).toContain('redrive.refused');
  });

  it('changes nothing for a body that was too large to keep', async () => {
    const world = newWorld();
    world.publishBody('film-1', `{"tool":"echo","input":{"a":"${'x'.repeat(70_000)}"}}`);
    await world.dispatch();
    putBack(world);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'REJECTED', run: 1 });
    expect(world.tasks.rows()).toHaveLength(1);
    expect(world.names()).toContain('redrive.refused');
  });

  it('with another body, which a publisher has made up, redrives nothing', async () => {
    const world = await failedTask();
    world.submit('film-1', { input: { other: true } }, { headers: { 'davit-dead': 1 } });
    world.publishBody('film-1', '', { headers: { 'davit-dead': 1 } });
    world.submit('film-1', {}, { headers: { 'davit-dead': 7 } });
    world.submit('film-1', {}, { headers: { 'davit-dead': { not: 'a run' } } });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', run: 1 });
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it('is a new task when its row was deleted', async () => {
    const world = await failedTask();
    const letters = world.broker.ready('davit.dead');
    const other = newWorld();
    other.broker.state = {
      ...other.broker.state,
      queues: {
        ...other.broker.state.queues,
        'davit.dead': { ...queueOf(other, 'davit.dead'), ready: letters },
      },
    };
    putBack(other);
    await other.dispatch();
    expect(other.row('film-1')).toMatchObject({ phase: 'STARTING', run: 1 });
  });

  it('loses nothing at a crash: it comes again, or the row is due', async () => {
    for (let call = 1; call <= 12; call += 1) {
      const world = await failedTask();
      putBack(world);
      world.faults.crashAt(call);
      await world.dispatch().catch(() => undefined);
      world.faults.restart();
      await world.dispatch();
      await world.pass(200 * second);
      await world.sweep();
      await world.dispatch();
      expect(world.row('film-1'), `at call ${call}`).toMatchObject({ run: 2, attempts: 0 });
      expect(world.launched(), `at call ${call}`).toEqual(['film-1/1', 'film-1/2']);
    }
  });
});

const queueOf = ({ broker }: World, name: string) => {
  const queue = broker.state.queues[name];
  if (queue === undefined) throw new Error(`there is no queue ${name}`);
  return queue;
};
