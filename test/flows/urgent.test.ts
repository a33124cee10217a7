import { describe, expect, it } from 'vitest';
import { paceOf } from '../../shared/flows/pace.ts';
import type { Sent } from '../../shared/ports.ts';
import { minute, second } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

const refused: Sent = { kind: 'failed', why: 'RabbitMQ refused the message: is the queue full?' };

/** A film that runs longer than its ten minutes. */
const overdue = async (): Promise<World> => {
  const world = newWorld({ spec: { timeoutMs: 10 * minute } });
  world.submit('overdue');
  await world.dispatch();
  await world.pass(minute);
  await world.settle();
  expect(world.row('overdue').phase).toBe('RUNNING');
  return world;
};

const putStuck = (world: World, rows: number): void => {
  const unannounced = samples['SUCCEEDED, not announced yet'];
  const outbox = unannounced.outbox.filter((one) => one.kind === 'notify' && one.to === 'reply');
  for (let row = 0; row < rows; row += 1)
    world.tasks.put({ ...unannounced, outbox, taskId: `stuck-${row}`, replyTo: `reply.${row}` });
};

/** Every publish fails after this time, as with a RabbitMQ that accepts connections and confirms nothing. */
const hang = (world: World, ms: number): { readonly calls: () => number } => {
  let calls = 0;
  const never = async (): Promise<Sent> => {
    calls += 1;
    await world.clock.wait(ms);
    return { kind: 'failed', why: 'RabbitMQ did not answer within 15000 ms', silent: 'address' };
  };
  const { broker } = world;
  const silent = { ring: never, bury: never, announce: never, reply: never };
  Object.assign(world.ports, { broker: { ...broker, ...silent } });
  return { calls: () => calls };
};

/** When the first StopTask went out, in milliseconds after the sweep began, and when the sweep was over. */
const timed = async (world: World): Promise<{ stoppedMs: number | undefined; overMs: number }> => {
  const began = world.clock.now();
  let stoppedMs: number | undefined;
  const { runs } = world.ports;
  const stop: typeof runs.stop = (arn, why) => {
    stoppedMs ??= world.clock.now() - began;
    return runs.stop(arn, why);
  };
  const watched = new Proxy(runs, {
    get: (target, key, receiver) => (key === 'stop' ? stop : Reflect.get(target, key, receiver)),
  });
  Object.assign(world.ports, { runs: watched });
  await world.settled(world.sweep());
  return { stoppedMs, overMs: world.clock.now() - began };
};

describe('an urgent act', () => {
  it('is done in the first sweep, however many replies are stuck', async () => {
    const world = await overdue();
    putStuck(world, 2_500);
    const { broker } = world;
    Object.assign(world.ports, { broker: { ...broker, reply: async () => refused } });
    await world.pass(10 * minute);
    expect(await timed(world)).toEqual({ stoppedMs: 0, overMs: 0 });
    expect(world.row('overdue')).toMatchObject({ stopping: { why: 'timeout' } });
  }, 120_000);

  it('is done at once while each call of RabbitMQ hangs for fifteen seconds, and the sweep ends in time', async () => {
    const world = await overdue();
    putStuck(world, 2_000);
    const { calls } = hang(world, 15 * second);
    await world.pass(10 * minute);
    const { stoppedMs, overMs } = await timed(world);
    expect(stoppedMs).toBe(0);
    expect(overMs).toBeLessThanOrEqual(40 * second);
    // Only the calls that were under way waited, not one for each row.
    expect(calls()).toBeLessThan(100);
    expect(world.count('PeersSilent')).toBeGreaterThan(0);
  }, 120_000);

  it('does not wait for the events of runs whose end was not applied while RabbitMQ hangs', async () => {
    const world = newWorld({ spec: { timeoutMs: 10 * minute } });
    // ECS takes twenty launches a second.
    for (const batch of ['a', 'b', 'c']) {
      for (let film = 0; film < 20; film += 1) world.submit(`ended-${batch}-${film}`);
      await world.dispatch();
      await world.pass(2 * second);
    }
    world.submit('overdue');
    await world.dispatch();
    await world.pass(minute);
    await world.settle();
    for (const { taskId } of world.tasks.rows())
      if (taskId !== 'overdue') world.runs.exit(world.arnOf(taskId), 0);
    // All its events are lost.
    await world.pass(minute);
    world.runs.takeEvents();
    hang(world, 15 * second);
    await world.pass(10 * minute);
    expect((await timed(world)).stoppedMs).toBe(0);
  }, 120_000);

  it('and the replies of other queues do not wait for one silent reply queue', async () => {
    const world = newWorld();
    putStuck(world, 100);
    const { broker } = world;
    const notified = new Set<string>();
    const reply: typeof broker.reply = async (task) => {
      if (task.replyTo?.endsWith('7') === false) {
        notified.add(task.taskId);
        return { kind: 'sent' };
      }
      await world.clock.wait(15 * second);
      return { kind: 'failed', why: 'RabbitMQ did not answer', silent: 'address' };
    };
    Object.assign(world.ports, { broker: { ...broker, reply } });
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    expect(notified.size).toBe(90);
  });

  it('and the replies of other queues do not wait for a few silent ones, however much waits for those', async () => {
    const world = newWorld();
    putStuck(world, 60);
    for (const [row, task] of world.tasks.rows().entries())
      world.tasks.put({ ...task, replyTo: row === 59 ? 'reply.good' : `reply.silent-${row % 3}` });
    const notified: string[] = [];
    const { broker } = world;
    const reply: typeof broker.reply = async ({ replyTo = '' }) => {
      if (replyTo === 'reply.good') {
        notified.push(replyTo);
        return { kind: 'sent' };
      }
      await world.clock.wait(5 * second);
      return { kind: 'failed', why: 'RabbitMQ did not answer', silent: 'address' };
    };
    Object.assign(world.ports, { broker: { ...broker, reply } });
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    expect(notified).toEqual(['reply.good']);
  });

  it('begins no call of RabbitMQ that could last longer than the sweep', async () => {
    const world = newWorld();
    putStuck(world, 400);
    const { broker } = world;
    const begun: number[] = [];
    const began = world.clock.now() + 10 * minute;
    const slowly = async (): Promise<Sent> => {
      begun.push(world.clock.now() - began);
      await world.clock.wait(20 * second);
      return { kind: 'sent' };
    };
    Object.assign(world.ports, { broker: { ...broker, reply: slowly } });
    await world.pass(10 * minute);
    const { overMs } = await timed(world);
    expect(begun.length).toBeGreaterThan(20);
    expect(overMs).toBeLessThan(50 * second);
  });

  it('does not wait for replies when it stops an ECS task that is not current', async () => {
    const world = newWorld();
    putStuck(world, 2_500);
    const { broker } = world;
    Object.assign(world.ports, { broker: { ...broker, reply: async () => refused } });
    const ecsTaskArn = 'arn:aws:ecs:eu-central-1:123456789012:task/davit-test/0123456789abcdef';
    const stop = { kind: 'stop' as const, id: 'late/1/stop.0', run: 1, ecsTaskArn, why: 'a ghost' };
    const now = world.clock.now();
    const late = { ...samples.SUCCEEDED, outbox: [stop], outboxSince: now + 8 * minute };
    world.tasks.put({ ...late, taskId: 'late' });
    await world.pass(10 * minute);
    expect((await timed(world)).stoppedMs).toBe(0);
    expect(world.row('late').outbox).toEqual([]);
  }, 120_000);

  it('is done in the first sweep while ECS answers no launch, however many are in doubt', async () => {
    const world = await overdue();
    await world.pass(10 * minute);
    const now = world.clock.now();
    const doubted = samples['LAUNCHING, in doubt'];
    if (doubted.phase !== 'LAUNCHING') throw new Error('the sample is of another phase');
    for (let row = 0; row < 2_500; row += 1) {
      const doubt = { why: 'RunTask timed out', at: now - 10 * minute, times: 1 };
      const launchOrder = { ...doubted.launchOrder, intendedAt: now - 10 * minute };
      world.tasks.put({ ...doubted, launchOrder, doubt, taskId: `doubted-${row}` });
    }
    const { runs } = world.ports;
    let asked = 0;
    const launch: typeof runs.launch = async () => {
      asked += 1;
      await world.clock.wait(second);
      return { kind: 'doubt', why: 'TimeoutError', isSilent: true };
    };
    const hanging = new Proxy(runs, {
      get: (target, key, receiver) =>
        key === 'launch' ? launch : Reflect.get(target, key, receiver),
    });
    Object.assign(world.ports, { runs: hanging, pace: paceOf(world.clock, 20) });
    expect((await timed(world)).stoppedMs).toBeLessThan(10 * second);
    expect(world.row('overdue')).toMatchObject({ stopping: { why: 'timeout' } });
    expect(asked).toBeLessThanOrEqual(40);
  }, 120_000);

  it('is done also while ECS does not describe its run', async () => {
    const world = await overdue();
    const { runs } = world.ports;
    const describe = async () => {
      await world.clock.wait(second);
      throw new Error('no answer', { cause: Object.assign(new Error(), { name: 'TimeoutError' }) });
    };
    const blind = new Proxy(runs, {
      get: (target, key, receiver) =>
        key === 'describe' ? describe : Reflect.get(target, key, receiver),
    });
    Object.assign(world.ports, { runs: blind });
    await world.pass(10 * minute);
    // The comparison cannot be done, and the sweep reports it.
    await expect(world.settled(world.sweep())).rejects.toThrow('1 of the 6 parts');
    expect(world.row('overdue')).toMatchObject({ stopping: { why: 'timeout' }, outbox: [] });
  });
});
