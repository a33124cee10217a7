import { describe, expect, it } from 'vitest';
import type { ControlAnswer, ControlRequest } from '../../shared/core/control.ts';
import { UnreadableRow } from '../../shared/core/unreadable.ts';
import { answerOne } from '../../shared/flows/control.ts';
import { submissionOf } from '../../shared/wire/message.ts';
import { freePace, minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

const ask = async (world: World, request: ControlRequest, signal?: AbortSignal) => {
  const answer: ControlAnswer = await world.settled(
    answerOne({ ...world.ports, submissionOf, stopPace: freePace }, request, signal),
  );
  if (answer.kind !== 'tasks') throw new Error(`expected tasks, but got ${answer.kind}`);
  return answer.tasks;
};
const cancel = (world: World, ...taskIds: readonly string[]) =>
  ask(world, { ask: 'cancel', taskIds, why: 'the page was closed' });
const redrive = (world: World, taskId: string, run?: number) =>
  ask(world, {
    ask: 'redrive',
    tasks: [{ taskId, ...(run === undefined ? {} : { run }) }],
    sameVersion: false,
  });

const started = async (...ids: readonly string[]): Promise<World> => {
  const world = newWorld();
  for (const id of ids) world.submit(id);
  await world.dispatch();
  await world.pass(second);
  await world.settle();
  return world;
};

const exitOf = async (world: World, taskId: string, code: number): Promise<void> => {
  world.runs.exit(world.arnOf(taskId), code);
  await world.pass(second);
  await world.settle();
};

describe('a cancel', () => {
  it('of a queued task ends it at once, with its events', async () => {
    const world = newWorld();
    world.tools.set('echo', { spec: world.sampleSpec });
    world.submit('film-1');
    await world.dispatch();
    expect(await cancel(world, 'film-1')).toMatchObject([
      { how: 'done', says: expect.stringMatching(/is CANCELLED/) },
    ]);
    expect(world.row('film-1')).toMatchObject({
      phase: 'CANCELLED',
      reason: 'the page was closed',
      outbox: [],
    });
    expect(world.sentTo('reply.web')).toEqual(['davit.task.waiting', 'davit.task.cancelled']);
  });

  it('of a running task is CANCELLED only when its container has stopped', async () => {
    const world = await started('film-1');
    expect(await cancel(world, 'film-1')).toMatchObject([
      { how: 'done', says: expect.stringMatching(/run 1 is being stopped/) },
    ]);
    expect(world.row('film-1')).toMatchObject({ stopping: { why: 'cancel' } });
    expect(await cancel(world, 'film-1')).toMatchObject([{ how: 'done' }]);
    await world.pass(minute);
    await world.settle();
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED' });
    expect(world.runs.living()).toEqual([]);
    expect(await cancel(world, 'film-1')).toMatchObject([
      { how: 'done', says: 'it was cancelled before' },
    ]);
  });

  it('that comes after a success changes nothing, and says so', async () => {
    const world = await started('film-1');
    await exitOf(world, 'film-1', 0);
    expect(await cancel(world, 'film-1')).toMatchObject([
      { how: 'refused', says: 'it has ended SUCCEEDED, so there is nothing to cancel' },
    ]);
  });

  it('of an id without a row waits for its message', async () => {
    const world = newWorld();
    expect(await cancel(world, 'film-1')).toMatchObject([
      { how: 'done', says: expect.stringMatching(/within 14 days/) },
    ]);
    expect(await cancel(world, 'film-1')).toMatchObject([{ how: 'done' }]);
    world.submit('film-1');
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED', tool: 'echo' });
    expect(world.sentTo('reply.web')).toEqual(['davit.task.cancelled']);
    expect(world.launched()).toEqual([]);
  });

  it('of a row that cannot be read is refused for that row alone', async () => {
    const world = await started('film-1', 'film-2');
    const { tasks } = world.ports;
    Object.assign(world.ports, {
      tasks: {
        ...tasks,
        read: async (taskId: string) => {
          if (taskId === 'film-1') throw new UnreadableRow('Row film-1 cannot be read');
          return tasks.read(taskId);
        },
      },
    });
    expect(await cancel(world, 'film-1', 'film-2')).toMatchObject([
      { how: 'refused', says: 'Row film-1 cannot be read' },
      { how: 'done' },
    ]);
    expect(world.count('RowsUnreadable')).toBe(1);
  });

  it('is saved for all tasks, also when there is no time left for their stops', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `film-${n}`);
    const world = await started(...ids);
    const { runs } = world.ports;
    const slow = async (arn: string, why: string): Promise<void> => {
      await world.clock.wait(8 * second);
      await runs.stop(arn, why);
    };
    Object.assign(world.ports, { runs: { ...runs, stop: slow } });
    const answers = await cancel(world, ...ids);
    expect(answers.every(({ how }) => how === 'done')).toBe(true);
    for (const id of ids) expect(world.row(id)).toMatchObject({ stopping: { why: 'cancel' } });
    Object.assign(world.ports, { runs });
    await world.pass(2 * minute);
    await world.sweep();
    await world.pass(minute);
    await world.settle();
    expect(new Set(world.phases())).toEqual(new Set(['CANCELLED']));
  });
});

describe('a redrive', () => {
  it('of a failed task is its next run, with new budgets and the version of today', async () => {
    const world = await started('film-1');
    await exitOf(world, 'film-1', 64);
    world.makeLive('1.1.0');
    expect(await redrive(world, 'film-1', 1)).toMatchObject([
      { how: 'done', says: 'it is QUEUED for run 2' },
    ]);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({
      run: 2,
      attempts: 0,
      release: { version: '1.1.0' },
    });
  });

  it('that names its run answers a second time that it was done, also when that run is over', async () => {
    const world = await started('film-1');
    await exitOf(world, 'film-1', 64);
    const again = { how: 'done', says: 'it was redriven before, and is at run 2 now' };
    await redrive(world, 'film-1', 1);
    expect(await redrive(world, 'film-1', 1)).toMatchObject([again]);
    await world.dispatch();
    await world.pass(second);
    await world.settle();
    await exitOf(world, 'film-1', 64);
    expect(await redrive(world, 'film-1', 1)).toMatchObject([again]);
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', run: 2 });
    expect(world.count('TasksRedriven')).toBe(1);
  });

  it('that names a run which was only retried since is refused', async () => {
    const world = await started('film-1');
    await exitOf(world, 'film-1', 1);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
    expect(await redrive(world, 'film-1', 1)).toMatchObject([
      { how: 'refused', says: expect.stringMatching(/and this one is QUEUED/) },
    ]);
  });

  it('keeps the version where that is asked for', async () => {
    const world = await started('film-1');
    await exitOf(world, 'film-1', 64);
    world.makeLive('1.1.0');
    await ask(world, { ask: 'redrive', tasks: [{ taskId: 'film-1' }], sameVersion: true });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ run: 2, release: { version: '1.0.0' } });
  });

  it.each([
    ['a success', 0, /only FAILED and REJECTED tasks are redriven, and this one is SUCCEEDED/],
    ['a run that is over since', 64, /run 7 was to be redriven, and its last one is run 1/],
  ])('of %s is refused with a sentence', async (_what, code, says) => {
    const world = await started('film-1');
    await exitOf(world, 'film-1', code);
    const [answer] = await redrive(world, 'film-1', code === 0 ? undefined : 7);
    expect(answer).toMatchObject({ how: 'refused', says: expect.stringMatching(says) });
    expect((await redrive(world, 'film-9'))[0]?.says).toBe('there is no such task');
  });

  it('of a rejected message asks what its body says today', async () => {
    const world = newWorld();
    world.submit('film-1', { tool: 'new' });
    world.publishBody('film-2', 'rubbish');
    await world.dispatch();
    world.tools.set('new', { spec: world.sampleSpec });
    expect(await redrive(world, 'film-1', 1)).toMatchObject([{ how: 'done' }]);
    const [rubbish] = await redrive(world, 'film-2');
    expect(rubbish).toMatchObject({
      how: 'refused',
      says: expect.stringMatching(/still cannot be a task/),
    });
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2, tool: 'new' });
  });

  it('of a message that its tool refused keeps what the message asks for', async () => {
    const world = newWorld();
    const asked = {
      tool: 'echo',
      tenant: 'acme',
      version: '1.0.0',
      cpu: 512,
      memoryMiB: 2048,
      group: 'night',
      timeout: '20m',
      notBefore: new Date(world.clock.now() + 10 * minute).toISOString(),
    };
    world.tools.set('echo', { spec: { ...world.sampleSpec, maxMemoryMiB: 1024 } });
    world.submit('film-1', asked);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'REJECTED', tool: 'echo' });
    world.tools.set('echo', { spec: { ...world.sampleSpec, maxMemoryMiB: 2048 } });
    expect(await redrive(world, 'film-1', 1)).toMatchObject([{ how: 'done' }]);
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      tenant: 'acme',
      askedVersion: '1.0.0',
      askedCpu: 512,
      askedMemoryMiB: 2048,
      askedTimeoutMs: 20 * minute,
      askedNotBefore: world.clock.now() + 10 * minute,
      notBefore: world.clock.now() + 10 * minute,
      groupName: 'night',
    });
  });

  it('of a hundred rings for twenty at once, and the sweep rings for the others', async () => {
    const ids = Array.from({ length: 100 }, (_, n) => `film-${n}`);
    const world = newWorld();
    for (const id of ids) world.submit(id, { tool: 'new' });
    await world.dispatch();
    world.tools.set('new', { spec: world.sampleSpec });
    const tasks = ids.map((taskId) => ({ taskId, run: 1 }));
    const answers = await ask(world, { ask: 'redrive', tasks, sameVersion: false });
    expect(answers.every(({ how }) => how === 'done')).toBe(true);
    expect(world.broker.ready('davit.doorbells')).toHaveLength(20);
    await world.pass(second);
    await world.sweep();
    expect(world.broker.ready('davit.doorbells')).toHaveLength(100);
  });
});
