import { describe, expect, it } from 'vitest';
import { due } from '../../shared/core/due.ts';
import type { Running, Task } from '../../shared/core/task.ts';
import { UnreadableRow } from '../../shared/core/unreadable.ts';
import { hour, minute, noCapacity, second } from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';
import { startBehind } from '../kit/start-behind.ts';
import { newWorld, type World } from '../kit/world.ts';

const launched = async (
  ids: readonly string[],
  options: Parameters<typeof newWorld>[0] = {},
): Promise<World> => {
  const world = newWorld(options);
  for (const id of ids) world.submit(id);
  await world.dispatch();
  await world.pass(second);
  return world;
};

const running = (task: Task): Running => {
  if (task.phase !== 'RUNNING') throw new Error(`it is ${task.phase}`);
  return task;
};

/** Every event of ECS is lost; there is only a sweep each minute. */
const sweptFor = async (world: World, minutes: number): Promise<void> => {
  for (let swept = 0; swept < minutes; swept += 1) {
    await world.pass(minute);
    await world.settled(world.sweep());
    await world.dispatch();
  }
};

describe('sweep', () => {
  it('ends and counts tasks when every event of ECS is lost', async () => {
    const world = await launched(['ok', 'bad', 'again']);
    await sweptFor(world, 1);
    expect(world.phases()).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    world.runs.exit(world.arnOf('ok'), 0);
    world.runs.exit(world.arnOf('bad'), 64);
    world.runs.exit(world.arnOf('again'), 75);
    await sweptFor(world, 2);
    expect(world.row('ok').phase).toBe('SUCCEEDED');
    expect(world.row('bad').phase).toBe('FAILED');
    world.runs.exit(world.arnOf('again'), 0);
    await sweptFor(world, 2);
    expect(world.row('again')).toMatchObject({ phase: 'SUCCEEDED', run: 2 });
    expect(world.count('EndedBySweep')).toBe(3);
    expect(world.count('EndedByEvent')).toBe(0);
    expect(
      world.sentTo('reply.web').filter((type) => type === 'davit.task.succeeded'),
    ).toHaveLength(2);
  });

  it('measures the delay of the row that waited longest', async () => {
    const world = await launched(['film-1', 'film-2']);
    await world.settle();
    const { startedAt, release } = running(world.row('film-1'));
    const dueAt = startedAt + release.spec.timeoutMs;
    await world.pass(dueAt + 7 * second - world.clock.now());
    await world.sweep();
    expect(world.count('SweepLagMs')).toBe(7 * second);
  });

  it('neither reads nor writes rows that agree with ECS', async () => {
    const world = await launched(['film-1', 'film-2']);
    await world.settle();
    const before = world.faults.calls.length;
    await world.pass(5 * minute);
    await world.sweep();
    const calls = world.faults.calls.slice(before);
    expect(calls).not.toContain('tasks.read');
    expect(calls).not.toContain('tasks.save');
  });

  it('finishes the work of a dispatch that crashed between RunTask and its save', async () => {
    const world = newWorld();
    world.submit('film-1');
    world.faults.failNext('tasks.save');
    await expect(world.dispatch()).rejects.toThrow();
    expect(world.row('film-1').phase).toBe('LAUNCHING');
    await world.pass(3 * minute);
    await world.sweep();
    await world.sweep();
    expect(world.row('film-1').phase).toBe('RUNNING');
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it('takes a run for lost when ECS does not know it twice, five minutes apart', async () => {
    const world = await launched(['film-1']);
    await world.settle();
    const { runs } = world.ports;
    const blind = { ...runsOf(runs), list: async () => ({ ecsTaskArns: [] }) };
    Object.assign(blind, {
      describe: async (arns: readonly string[]) => ({ found: [], missing: arns }),
    });
    Object.assign(world.ports, { runs: blind });
    await sweptFor(world, 1);
    expect(world.row('film-1')).toMatchObject({
      phase: 'RUNNING',
      missingSince: world.clock.now(),
    });
    await sweptFor(world, 4);
    expect(world.row('film-1').phase).toBe('RUNNING');
    await sweptFor(world, 1);
    expect(world.row('film-1')).toMatchObject({ run: 2, reclaims: 1 });
    Object.assign(world.ports, { runs });
    await sweptFor(world, 3);
    // The first one still runs: ECS never showed it as stopped, and two must not run.
    expect(world.runs.living().map(({ startedBy }) => startedBy)).toEqual(['film-1/2']);
  });

  it('stops an ECS task of an earlier run, and a second one of the same run', async () => {
    const world = await launched(['film-1']);
    await world.settle();
    await startBehind(world, 'film-1/1');
    await world.pass(2 * minute);
    await world.sweep();
    expect(world.runs.living()).toHaveLength(2);
    await world.pass(2 * minute);
    await world.sweep();
    await world.pass(minute);
    expect(world.runs.living()).toHaveLength(1);
    expect(world.count('GhostsStopped')).toBe(1);
    expect(world.row('film-1').phase).toBe('RUNNING');
  });

  it('does not stop a container that may be younger than the state of the table', async () => {
    const world = await launched(['film-1']);
    await world.settle();
    await startBehind(world, 'film-1/1');
    await startBehind(world, 'nobody/1');
    await world.pass(3 * minute);
    await world.sweep();
    expect(world.count('GhostsStopped') + world.count('UnknownTasks')).toBe(0);
    await world.pass(minute);
    await world.sweep();
    expect(world.count('GhostsStopped')).toBe(1);
    expect(world.count('UnknownTasks')).toBe(1);
  });

  it.each([
    ['no row knows', 'nobody/1'],
    ['a row has not come to', 'film-1/9'],
    ['a row waits to launch', 'film-2/1'],
  ])('raises the alarm for an ECS task that %s, and does not stop it', async (_name, startedBy) => {
    const world = await launched(['film-1']);
    world.tasks.put({ ...samples['QUEUED, held'], taskId: 'film-2' });
    const arn = await startBehind(world, startedBy);
    await world.pass(4 * minute);
    await world.sweep();
    expect(world.count('UnknownTasks')).toBe(1);
    expect(world.logged).toContainEqual({
      what: 'sweep.unknownTask',
      facts: { ecsTaskArn: arn, startedBy },
    });
    await world.pass(minute);
    expect(world.faults.calls).not.toContain('runs.stop');
    expect(world.runs.living()).toHaveLength(2);
  });

  it('ignores ECS tasks that Davit did not start, however many they are', async () => {
    const world = await launched(['film-1']);
    for (let count = 0; count < 12; count += 1) await startBehind(world, 'someone-else');
    await startBehind(world, 'film-1/1');
    await world.pass(4 * minute);
    await world.sweep();
    await world.pass(minute);
    expect(world.count('UnknownTasks')).toBe(0);
    expect(world.count('GhostsStopped')).toBe(1);
    expect(world.runs.living()).toHaveLength(13);
  });

  it('stops the oldest of too many ghosts, up to the limit, when two sweeps agree', async () => {
    const world = await launched(['film-1']);
    const ghosts: string[] = [];
    for (let count = 0; count < 25; count += 1) {
      ghosts.push(await startBehind(world, 'film-1/1'));
      await world.pass(second);
    }
    const live = () => ghosts.filter((arn) => world.runs.living().some((run) => run.arn === arn));
    await world.pass(4 * minute);
    await world.sweep();
    expect(world.names()).toContain('sweep.tooManyGhosts');
    expect(world.count('GhostsLeft')).toBe(25);
    expect(world.count('UnknownTasks')).toBe(0);
    await world.pass(minute);
    expect(live()).toEqual(ghosts);
    await world.sweep();
    await world.pass(minute);
    expect(live()).toEqual(ghosts.slice(10));
    expect(world.count('GhostsStopped')).toBe(10);
    await sweptFor(world, 3);
    expect(live()).toEqual([]);
    expect(world.row('film-1').phase).toBe('RUNNING');
  });

  it('stops none of too many ghosts that the last sweep did not find', async () => {
    const world = await launched(['film-1']);
    for (let count = 0; count < 11; count += 1) await startBehind(world, 'film-1/1');
    await world.pass(4 * minute);
    await world.sweep();
    for (const { arn, startedBy } of world.runs.living())
      if (startedBy === 'film-1/1' && arn !== world.arnOf('film-1')) world.runs.exit(arn, 0);
    for (let count = 0; count < 11; count += 1) await startBehind(world, 'film-1/1');
    await world.pass(4 * minute);
    await world.sweep();
    await world.pass(minute);
    expect(world.count('GhostsStopped')).toBe(0);
    expect(world.runs.living()).toHaveLength(12);
  });

  it('adopts runs whose answer was lost, even when they are many', async () => {
    const ids = Array.from({ length: 15 }, (_, index) => `film-${index}`);
    const world = newWorld();
    for (const id of ids) world.submit(id);
    world.faults.breakDown('tasks.save');
    await expect(world.dispatch()).rejects.toThrow();
    world.faults.mend('tasks.save');
    for (const task of world.tasks.rows()) {
      if (task.phase !== 'LAUNCHING') throw new Error(`${task.taskId} is ${task.phase}`);
      // As if another sender had just sent it again: the row is not due for the sweep.
      world.tasks.put({ ...task, doubt: { why: 'lost', at: world.clock.now() + hour, times: 1 } });
    }
    await world.pass(4 * minute);
    await world.sweep();
    expect(new Set(world.phases())).toEqual(new Set(['RUNNING']));
  });

  it('asks ECS before it stops a start that takes too long', async () => {
    const world = await launched(['film-1']);
    await world.pass(20 * minute);
    await world.sweep();
    expect(world.row('film-1').phase).toBe('RUNNING');
    expect(world.row('film-1')).not.toHaveProperty('stopping');
  });

  it('moves a run that does not start in time to the next placement', async () => {
    const world = await launched(['film-1'], { runtime: () => undefined });
    await world.pass(15 * minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ stopping: { why: 'startTimeout' } });
    await world.pass(second);
    for (const order of world.runs.orders)
      if (order.kind === 'terminate')
        world.runs.report({ kind: 'exited', taskArn: order.taskArn, exitCode: 143 });
    await sweptFor(world, 2);
    expect(world.row('film-1')).toMatchObject({ run: 2, placement: 'cpu', attempts: 0 });
  });

  it('stops a run that is over its time, and fails the task when ECS shows the stop', async () => {
    const world = await launched(['film-1'], { spec: { timeoutMs: 10 * minute } });
    await world.settle();
    await world.pass(9 * minute);
    await world.sweep();
    expect(world.row('film-1')).not.toHaveProperty('stopping');
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ stopping: { why: 'timeout' }, outbox: [] });
    await world.pass(minute);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', outcome: 'timeout' });
    expect(world.sentTo('davit.dead')).toEqual(['film-1']);
  });

  it('calls StopTask again each minute, and raises the alarm after fifteen minutes', async () => {
    const world = await launched(['film-1'], {
      spec: { timeoutMs: 10 * minute },
      runtime: ({ kind, taskArn }) => (kind === 'start' ? { kind: 'started', taskArn } : undefined),
    });
    await world.settle();
    await sweptFor(world, 24);
    expect(world.count('StopsOverdue')).toBe(0);
    await sweptFor(world, 2);
    expect(world.count('StopsOverdue')).toBeGreaterThan(0);
    expect(world.names()).toContain('run.stopOverdue');
    const stops = world.faults.calls.filter((name) => name === 'runs.stop').length;
    expect(stops).toBeGreaterThanOrEqual(14);
  });

  it('fails a task that found no capacity within startWithin, after at most a few calls a minute', async () => {
    const world = newWorld({ spec: { startWithinMs: 30 * minute } });
    for (const provider of ['FARGATE', 'FARGATE_SPOT'])
      world.runs.setAvailability(provider, { is: 'closed', reason: noCapacity, seen: 'at once' });
    world.submit('film-1');
    await world.dispatch();
    await sweptFor(world, 31);
    expect(world.row('film-1')).toMatchObject({
      phase: 'FAILED',
      outcome: 'notStarted',
      attempts: 0,
      reason: expect.stringMatching(/within 30 min: cpu.*: no capacity since 14:0[01]/),
    });
    expect(world.faults.calls.filter((name) => name === 'runs.launch').length).toBeLessThan(15);
  });

  it('defers a row whose visit fails, longer each time, and goes on with the others', async () => {
    const world = newWorld();
    for (const id of ['film-1', 'film-2']) world.submit(id);
    world.faults.breakDown('runs.launch');
    await expect(world.dispatch()).rejects.toThrow();
    world.faults.mend('runs.launch');
    await world.pass(3 * minute);
    world.faults.failNext('runs.launch');
    await world.settled(world.sweep());
    expect(world.count('SweepSetbacks')).toBe(1);
    expect(world.phases().sort()).toEqual(['LAUNCHING', 'STARTING']);
    const row = world.tasks.rows().find((task) => task.phase === 'LAUNCHING');
    expect(row).toMatchObject({ setbacks: 1, deferredUntil: world.clock.now() + minute });
    await sweptFor(world, 2);
    expect(world.phases()).toEqual(['RUNNING', 'RUNNING']);
  });

  it('defers ended rows whose effects fail, so that the others have their turn', async () => {
    const world = newWorld();
    world.tasks.put({ ...samples['SUCCEEDED, not announced yet'], taskId: 'film-1' });
    world.broker.disconnect('connection refused');
    await world.pass(hour);
    await world.sweep();
    const first = world.row('film-1');
    expect(first).toMatchObject({ setbacks: 1 });
    expect(due(first)?.at).toBe(world.clock.now() + minute);
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ setbacks: 2 });
    world.broker.reconnect();
    await world.pass(2 * minute);
    await world.sweep();
    expect(world.row('film-1').outbox).toEqual([]);
  });

  it('keeps the times of a row whose effects fail', async () => {
    const world = await launched(['film-1'], { spec: { timeoutMs: 10 * minute } });
    world.broker.disconnect('connection refused');
    await world.settle();
    expect(world.row('film-1')).toMatchObject({ phase: 'RUNNING', outbox: [{}, {}] });
    await sweptFor(world, 9);
    expect(world.row('film-1').phase).toBe('RUNNING');
    await sweptFor(world, 2);
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', outcome: 'timeout' });
  });

  it('asks ECS how a run ended before it ends it with a timeout', async () => {
    const world = await launched(['failed', 'taken'], { spec: { timeoutMs: 10 * minute } });
    await world.settle();
    await world.pass(9 * minute + 30 * second);
    world.runs.exit(world.arnOf('failed'), 75);
    world.runs.reclaim(world.arnOf('taken'));
    await world.pass(minute);
    await world.sweep();
    expect(world.row('failed')).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 1 });
    expect(world.row('taken')).toMatchObject({ phase: 'QUEUED', run: 2, reclaims: 1 });
  });

  it('rings for a new run, however many repeated doorbells are held back', async () => {
    const world = newWorld();
    for (let row = 0; row < 1_300; row += 1) {
      world.tasks.put({ ...samples['QUEUED, rung'], taskId: `rung-${row}` });
    }
    for (let n = 0; n < 101; n += 1) await world.broker.ring(`waits-${n}`, 1);
    await world.pass(hour);
    world.tasks.put({ ...samples['QUEUED, delayed after exit 75'], taskId: 'new' });
    await world.sweep();
    expect(world.row('new')).toMatchObject({ rings: 1, rungAt: world.clock.now() });
    expect(world.count('RungBySweep')).toBe(1);
    expect(world.count('RingsHeldBack')).toBe(1_300);
  });

  it('throws when a part of it fails, and does the rest', async () => {
    const world = await launched(['film-1', 'film-2']);
    world.faults.failNext('tasks.read');
    await sweptFor(world, 1);
    expect(world.names()).toContain('sweep.setback');
    expect(world.phases().sort()).toEqual(['RUNNING', 'STARTING']);
  });

  it.each(['tasks.due', 'tasks.inPhase', 'runs.list'])(
    'throws when %s fails, after its other parts are done',
    async (call) => {
      const world = await launched(['film-1']);
      await world.settle();
      world.runs.exit(world.arnOf('film-1'), 0);
      world.tasks.put({ ...samples['QUEUED, held'], taskId: 'held' });
      await world.pass(2 * minute);
      world.faults.failNext(call);
      // A call of ECS is made once more.
      if (call === 'runs.list') world.faults.breakDown(call);
      await expect(world.sweep()).rejects.toThrow(`1 of the 7 parts of a sweep failed: ${call}`);
      const isRung = world.row('held').phase === 'QUEUED' && 'rungAt' in world.row('held');
      const isCompared = world.row('film-1').phase === 'SUCCEEDED';
      // The list comes after the rows, and those were described already.
      expect([isRung, isCompared]).toEqual([true, call !== 'tasks.inPhase']);
    },
  );

  it('rings no more often than permitted when it cannot read some rows', async () => {
    const world = newWorld();
    const held = samples['QUEUED, held'];
    for (let row = 0; row < 2_600; row += 1) world.tasks.put({ ...held, taskId: `held-${row}` });
    const { tasks } = world.ports;
    const read = async (taskId: string): Promise<Task | undefined> => {
      if (taskId === 'held-0') throw new UnreadableRow('by a newer Davit');
      return tasks.read(taskId);
    };
    Object.assign(world.ports, { tasks: { ...tasksOf(tasks), read } });
    await world.pass(2 * minute);
    await world.sweep();
    expect(world.count('RungBySweep')).toBe(1_200);
  });

  it('always rings the first doorbell of a run, and a later one only while few messages wait', async () => {
    const world = newWorld();
    const held = samples['QUEUED, held'];
    const rung = onward(held, [minute, { kind: 'timePassed' }]);
    world.tasks.put({ ...held, taskId: 'first' });
    world.tasks.put({ ...rung, taskId: 'later', outbox: [] });
    for (let n = 0; n < 101; n += 1) await world.broker.ring(`film-${n}`, 1);
    await world.pass(10 * minute);
    await world.sweep();
    expect(world.row('first')).toMatchObject({ rings: 1, rungAt: world.clock.now() });
    expect(world.row('later')).toMatchObject({ rings: 1 });
    expect(world.count('RingsHeldBack')).toBe(1);
    await world.dispatch();
    await world.sweep();
    expect(world.row('later')).toMatchObject({ rings: 2 });
  });

  it.each(['a long queue', 'a broker that does not answer'])(
    'ends a task in time when its doorbell is held back by %s',
    async (why) => {
      const world = newWorld();
      world.tasks.put({ ...samples['QUEUED, rung'], taskId: 'later' });
      if (why === 'a long queue') {
        for (let message = 0; message < 101; message += 1) world.submit(`film-${message}`);
      } else world.broker.disconnect('it does not say');
      await world.pass(23 * hour);
      await world.sweep();
      expect(world.row('later').phase).toBe('QUEUED');
      await world.pass(2 * hour);
      await world.sweep();
      expect(world.row('later')).toMatchObject({ phase: 'FAILED', outcome: 'notStarted' });
    },
  );

  it('rings and compares while ECS hangs on a hundred launches', async () => {
    const world = newWorld();
    for (let film = 0; film < 100; film += 1) world.submit(`film-${film}`);
    const { runs } = world.ports;
    let lists = 0;
    const hanging: World['ports']['runs'] = {
      ...runsOf(runs),
      launch: async () => {
        await world.clock.wait(20 * second);
        return { kind: 'doubt', why: 'timed out' };
      },
      list: (after) => {
        lists += 1;
        return runs.list(after);
      },
    };
    Object.assign(world.ports, { runs: hanging });
    await world.settled(world.dispatch());
    world.tasks.put({ ...samples['QUEUED, held'], taskId: 'held' });
    await world.pass(2 * minute);
    await world.settled(world.sweep());
    expect(world.row('held')).toMatchObject({ rings: 1 });
    expect(lists).toBe(1);
  });

  it('visits the others behind rows that cannot be read, however many', async () => {
    const world = newWorld();
    const unannounced = samples['SUCCEEDED, not announced yet'];
    for (let row = 0; row < 1_000; row += 1)
      world.tasks.put({ ...unannounced, taskId: `newer-${row}` });
    // Due after all the others.
    world.tasks.put({
      ...unannounced,
      taskId: 'ours',
      outboxSince: unannounced.updatedAt + second,
    });
    const { tasks } = world.ports;
    const read = async (taskId: string): Promise<Task | undefined> => {
      if (taskId.startsWith('newer-')) throw new UnreadableRow('by a newer Davit');
      return tasks.read(taskId);
    };
    Object.assign(world.ports, { tasks: { ...tasksOf(tasks), read } });
    await world.pass(2 * hour);
    await world.sweep();
    expect(world.row('ours').outbox).toEqual([]);
  });

  it('clears the mark of a missing run when ECS shows the run again', async () => {
    const world = await launched(['film-1']);
    await world.settle();
    const { runs } = world.ports;
    const blind = { describe: async (arns: readonly string[]) => ({ found: [], missing: arns }) };
    Object.assign(world.ports, { runs: { ...runsOf(runs), ...blind } });
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).toHaveProperty('missingSince');
    Object.assign(world.ports, { runs });
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).not.toHaveProperty('missingSince');
  });

  it('does not take a run for missing when ECS does not answer', async () => {
    const world = await launched(['film-1'], { spec: { timeoutMs: 10 * minute } });
    await world.settle();
    const { runs } = world.ports;
    const mute = { describe: async () => ({ found: [], missing: [] }) };
    Object.assign(world.ports, { runs: { ...runsOf(runs), ...mute } });
    await sweptFor(world, 20);
    expect(world.row('film-1')).toMatchObject({ phase: 'RUNNING', stopping: { why: 'timeout' } });
    expect(world.row('film-1')).not.toHaveProperty('missingSince');
  });

  it('does nothing when its time is over', async () => {
    const world = newWorld();
    world.tasks.put(samples['QUEUED, held']);
    await world.pass(hour);
    await world.sweep(AbortSignal.abort());
    expect(world.row('film-1')).toMatchObject({ rings: 0 });
    expect(world.faults.calls).not.toContain('runs.list');
  });

  it('begins no row after forty seconds, and finishes each row that it began', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `film-${n}`);
    const world = await launched(ids.slice(0, 15));
    for (const id of ids.slice(15)) world.submit(id);
    await world.dispatch();
    await world.pass(minute);
    for (const id of ids) world.runs.exit(world.arnOf(id), 0);
    await world.pass(minute);
    const { tasks } = world.ports;
    let reads = 0;
    const slowly = async (taskId: string) => {
      reads += 1;
      if (reads === 20) await world.clock.advance(41 * second);
      return tasks.read(taskId);
    };
    Object.assign(world.ports, { tasks: { ...tasks, read: slowly } });
    await world.sweep();
    expect(world.count('EndedBySweep')).toBe(20);
    expect(world.count('SweepSetbacks')).toBe(0);
    await world.sweep();
    expect(world.count('EndedBySweep')).toBe(30);
  });
});

const tasksOf = (tasks: World['ports']['tasks']): World['ports']['tasks'] => ({
  read: (taskId) => tasks.read(taskId),
  create: (task) => tasks.create(task),
  save: (next, was) => tasks.save(next, was),
  due: (kind, by, limit) => tasks.due(kind, by, limit),
  inPhase: (phase, from) => tasks.inPhase(phase, from),
});

const runsOf = (runs: World['ports']['runs']): World['ports']['runs'] => ({
  launch: (order) => runs.launch(order),
  describe: (arns) => runs.describe(arns),
  traces: (order) => runs.traces(order),
  list: (after) => runs.list(after),
  stop: (arn, why) => runs.stop(arn, why),
});
